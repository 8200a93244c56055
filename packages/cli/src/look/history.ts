import type { HistoryEntry } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { MeshFlags } from "../mesh/mesh-choice.ts";
import { openMesh } from "../mesh/open-mesh.ts";
import { emptyText } from "../mesh/other-tenants.ts";
import { clockTime } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import { diffJson, diffLines } from "../terminal/json-diff.ts";
import { jsonLines } from "../terminal/json-view.ts";
import { authorCell, type ViewOptions } from "./items.ts";
import { routeText } from "./route-text.ts";

export interface HistoryFlags extends MeshFlags {
  readonly limit?: number | undefined;
}

/** `syntha history` */
export async function showHistory(this: Cli, flags: HistoryFlags, key: string): Promise<void> {
  await using open = await openMesh(this, flags);
  const entries = await open.mesh.system.history(key);
  const first = Math.max(0, entries.length - (flags.limit ?? entries.length));
  if (flags.json) return this.out.jsonAll(entries.slice(first));
  const { paint, width } = this.out;
  if (entries.length === 0) {
    const { floor } = await open.mesh.stats();
    const reach = floor === 0 ? "" : ` after position #${floor}, where the log starts`;
    const none = `No changes of "${visible(key)}"${reach}.`;
    return this.out.print(paint("dim", await emptyText(open, none)));
  }
  const view = { paint, width, now: Date.now() };
  let before: HistoryEntry | undefined;
  for (const [at, entry] of entries.entries()) {
    if (at >= first) this.out.print(entryLines(before, entry, view));
    if (entry.type !== "lease") before = entry.type === "put" ? entry : undefined;
  }
}

/** One change: who and when, and below it how value and route differ from those before. */
function entryLines(
  before: HistoryEntry | undefined,
  entry: HistoryEntry,
  view: ViewOptions,
): readonly string[] {
  const { paint } = view;
  const [name, style] = authorCell(entry.actor) as readonly [string, "dim"];
  const head = [
    paint("dim", `#${entry.revision}`),
    paint("dim", clockTime(entry.at, view.now)),
    paint(style, name),
    paint("bold", verbOf(entry)),
  ].join("  ");
  return [head, ...changeLines(before, entry, view).map((line) => `  ${line}`)];
}

function verbOf({ type, state }: HistoryEntry): string {
  if (type === "lease") return state === "claimed" ? "claimed" : "released";
  if (type === "delete") return "deleted";
  if (type === "expire") return "expired";
  return state === "done" || state === "failed" ? `wrote, ${state}` : "wrote";
}

function changeLines(
  before: HistoryEntry | undefined,
  entry: HistoryEntry,
  { paint, width }: ViewOptions,
): readonly string[] {
  if (entry.type !== "put") return [];
  const route = routeText(entry);
  const oldRoute = before === undefined ? undefined : routeText(before);
  const routeLines =
    oldRoute === route
      ? []
      : [
          paint(
            "cyan",
            `→ ${route}${oldRoute === undefined ? "" : paint("dim", ` (was ${oldRoute})`)}`,
          ),
        ];
  if (entry.error !== undefined) return [...routeLines, paint("red", "The value is damaged.")];
  if (entry.value === undefined)
    return [...routeLines, paint("dim", "The value was removed, as the item has expired since.")];
  if (before?.value === undefined) return [...routeLines, ...firstValue(entry.value, paint)];
  const differences = diffJson(before.value, entry.value);
  const lines = diffLines(differences, { width: width - 2, paint });
  return [...routeLines, ...(lines.length > 0 ? lines : [paint("dim", "the same value")])];
}

const MOST_LINES = 20;

function firstValue(value: unknown, paint: ViewOptions["paint"]): readonly string[] {
  const lines = jsonLines(value, paint);
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES), paint("dim", `… ${lines.length - MOST_LINES} more lines`)];
}
