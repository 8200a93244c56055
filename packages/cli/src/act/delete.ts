import { type AgentContext, type ItemHeader, SynthaError } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { ReaderFlags } from "../commands/flags.ts";
import { openMesh, type OpenMesh, viewOf } from "../mesh/open-mesh.ts";
import { otherTenants } from "../mesh/other-tenants.ts";
import { count } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import { act, actorText } from "./action.ts";

/** `syntha rm`: all of the items, or none. */
export async function deleteItems(
  this: Cli,
  flags: ReaderFlags,
  ...names: readonly string[]
): Promise<void> {
  const keys = [...new Set(names)];
  await using open = await openMesh(this, flags);
  await requireAll(open, viewOf(open.mesh, flags.as), keys);
  const { result: deleted, ...by } = await act(
    this,
    open.mesh,
    flags.as,
    { action: "delete", keys },
    (view) => (view.isSystem ? view.deleteMany(keys) : deleteIfAllSeen(view, keys)),
    (seen) => seen.length < keys.length,
  );
  if (flags.json) this.out.json({ deleted, ...by });
  else
    this.out.print(
      `${this.out.paint("green", "✓")} deleted ${count(deleted.length, "item")} as ${actorText(by)}: ${deleted.map(visible).join(", ")}`,
    );
}

/** @throws NOT_FOUND */
async function requireAll(
  open: OpenMesh,
  view: AgentContext,
  keys: readonly string[],
): Promise<void> {
  const seen = new Set((await headersOf(view, keys)).map(({ key }) => key));
  const missing = keys.filter((key) => !seen.has(key));
  if (missing.length === 0) return;
  const names = missing.map((key) => `"${key}"`).join(", ");
  throw new SynthaError("NOT_FOUND", `There is no item ${names}. Nothing was deleted.`, {
    hint: (await otherTenants(open)) ?? "syntha ls lists the items.",
  });
}

/** Damaged items too. */
async function headersOf(
  view: AgentContext,
  keys: readonly string[],
): Promise<readonly ItemHeader[]> {
  const damaged: ItemHeader[] = [];
  const items = await view.getItems(keys, { onCorrupt: (item) => void damaged.push(item) });
  return [...items, ...damaged];
}

/** Nothing is deleted if one is not seen: the system then deletes them all in one commit. */
async function deleteIfAllSeen(
  view: AgentContext,
  keys: readonly string[],
): Promise<readonly string[]> {
  const seen = await headersOf(view, keys);
  return seen.length < keys.length ? [] : view.deleteMany(keys);
}
