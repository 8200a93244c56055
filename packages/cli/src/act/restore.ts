import { isSynthaError, SynthaError } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { MeshFlags } from "../mesh/mesh-choice.ts";
import { openMesh, type OpenMesh } from "../mesh/open-mesh.ts";
import { visible } from "../terminal/escape.ts";
import { actAsSystem, actorText } from "./action.ts";

/** `syntha restore` */
export async function restoreItem(
  this: Cli,
  flags: MeshFlags,
  key: string,
  revision: number,
): Promise<void> {
  await using open = await openMesh(this, flags);
  const record = { action: "restore", key, revision };
  try {
    const { result, ...by } = await actAsSystem(this, open.mesh, record, (system) =>
      system.restore(key, revision),
    );
    if (flags.json) this.out.json({ ...result, ...by });
    else
      this.out.print(
        `${this.out.paint("green", "✓")} ${visible(key)} has the value of revision ${revision} again, at revision ${result.revision}, by ${actorText(by)}`,
      );
  } catch (error) {
    throw isSynthaError(error, "NOT_FOUND") ? await noRevision(open, key, revision) : error;
  }
}

async function noRevision({ mesh }: OpenMesh, key: string, revision: number): Promise<SynthaError> {
  const entries = await mesh.system.history(key);
  const known = entries.filter(({ value }) => value !== undefined).map((entry) => entry.revision);
  return new SynthaError(
    "NOT_FOUND",
    `The history of "${key}" has no value at revision ${revision}.`,
    {
      hint:
        known.length === 0
          ? "It has no value at all: the item has expired, or the log no longer reaches back."
          : `It has values at ${known.slice(-10).join(", ")}.`,
    },
  );
}
