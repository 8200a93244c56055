import type { PermissionsInput } from "@syntha/core";
import { checkAgentName } from "@syntha/core/storage";
import { UsageError } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";
import type { MeshFlags } from "../mesh/mesh-choice.ts";
import { openMesh } from "../mesh/open-mesh.ts";
import { permissionText } from "../look/agents.ts";
import { visible } from "../terminal/escape.ts";
import { actAsSystem } from "./action.ts";

export interface PermissionsFlags extends MeshFlags {
  readonly post?: readonly string[] | undefined;
  readonly subscribe?: readonly string[] | undefined;
  readonly global?: boolean | undefined;
  readonly direct?: boolean | undefined;
  readonly none?: boolean | undefined;
  readonly clear?: boolean | undefined;
}

/** `syntha permissions` */
export async function changePermissions(
  this: Cli,
  flags: PermissionsFlags,
  agent: string,
): Promise<void> {
  const wanted = wantedOf(flags);
  // Before the act is recorded.
  checkAgentName(agent, "The system is allowed everything.");
  await using open = await openMesh(this, flags);
  const { mesh } = open;
  const ended =
    wanted === undefined
      ? undefined
      : (
          await actAsSystem(this, mesh, { action: "permissions", agent }, () =>
            mesh.setPermissions(agent, wanted),
          )
        ).result.unsubscribed;
  const permissions = await mesh.permissions(agent);
  if (flags.json)
    return this.out.json({ agent, permissions, ...(ended && { unsubscribed: ended }) });
  const text =
    permissions === null ? "everything (no permissions are set)" : permissionText(permissions);
  this.out.print(`${visible(agent)} is allowed: ${text}`);
  if (ended !== undefined && ended.length > 0)
    this.out.print(
      `${this.out.paint("yellow", "!")} Its subscriptions to ${ended.map(visible).join(", ")} have ended.`,
    );
}

/** Undefined to show them; null to clear them. */
function wantedOf(flags: PermissionsFlags): PermissionsInput | null | undefined {
  const { post = [], subscribe = [], global, direct, none, clear } = flags;
  const sets = post.length > 0 || subscribe.length > 0 || global || direct;
  if ([sets, none, clear].filter(Boolean).length > 1)
    throw new UsageError("--none and --clear stand alone.");
  if (clear) return null;
  if (!sets && !none) return undefined;
  return {
    post: toTopics(post),
    subscribe: toTopics(subscribe),
    global: global ?? false,
    direct: direct ?? false,
  };
}

function toTopics(names: readonly string[]): readonly string[] | "*" {
  return names.includes("*") ? "*" : names;
}
