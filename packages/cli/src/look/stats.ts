import type { MeshStats } from "@syntha/core";
import type { Cli } from "../cli.ts";
import { withoutPassword } from "../mesh/saved-contexts.ts";
import type { PastFlags } from "../commands/flags.ts";
import { openMesh } from "../mesh/open-mesh.ts";
import { otherTenants } from "../mesh/other-tenants.ts";
import { bytes } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import type { Paint } from "../terminal/paint.ts";

/** `syntha stats` */
export async function showStats(this: Cli, flags: PastFlags): Promise<void> {
  await using open = await openMesh(this, flags);
  const stats = await open.mesh.stats();
  const { url, tenantId } = open;
  if (flags.json) return this.out.json({ storage: withoutPassword(url), tenantId, ...stats });
  const others = await otherTenants(open);
  this.out.print(
    this.out.paint("bold", `${visible(tenantId)} in ${visible(withoutPassword(url))}`),
    ...statsLines(stats, this.out.paint),
    ...(others === undefined ? [] : [this.out.paint("dim", others)]),
  );
}

/** What a mesh holds, a line each. */
export function statsLines(stats: MeshStats, paint: Paint): readonly string[] {
  const number = (value: number): string => value.toLocaleString("en-US");
  const rows: readonly (readonly [string, string, string?])[] = [
    [
      "items",
      number(stats.items),
      `${number(stats.global)} for everyone, ${number(stats.routed)} routed`,
    ],
    ["size", bytes(stats.bytes), "of keys and values"],
    ["expired", number(stats.expired), "not swept yet"],
    ["topics", number(stats.topics)],
    ["agents", number(stats.agents), "with a subscription"],
    ["events", number(stats.events)],
    ["position", `#${number(stats.revision)}`, `the log starts after #${number(stats.floor)}`],
    [
      "log entries",
      number(stats.logEntries),
      `histories reach back to #${number(stats.historyFloor)}`,
    ],
  ];
  return rows.map(
    ([name, value, note]) =>
      `  ${paint("dim", name.padEnd(13))}${value.padStart(10)}${note === undefined ? "" : paint("dim", `  ${note}`)}`,
  );
}
