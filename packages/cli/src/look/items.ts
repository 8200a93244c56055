import type { CorruptItem, ItemState, Listing } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { PastReaderFlags } from "../commands/flags.ts";
import { throwIfInterrupted, untilInterrupted } from "../interrupt.ts";
import { openMesh, type OpenMesh, viewOf } from "../mesh/open-mesh.ts";
import { emptyText } from "../mesh/other-tenants.ts";
import { ageOf, count } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import { preview } from "../terminal/json-view.ts";
import { type Paint, styleOfAgent } from "../terminal/paint.ts";
import { commandText } from "../terminal/shell-word.ts";
import { type Cell, type Column, table } from "../terminal/table.ts";
import { routeText } from "./route-text.ts";
import { stateCell } from "./state-cell.ts";

export interface ItemsFlags extends PastReaderFlags {
  readonly topic?: readonly string[] | undefined;
  readonly state?: ItemState | undefined;
  readonly author?: string | undefined;
  readonly limit?: number | undefined;
  readonly all?: boolean | undefined;
}

const DEFAULT_LIMIT = 100;
/** Few enough that their values fit in memory. */
const PAGE = 100;

/** `syntha ls` */
export async function listItems(this: Cli, flags: ItemsFlags, prefix?: string): Promise<void> {
  await using open = await openMesh(this, flags);
  const view = viewOf(open.mesh, flags.as);
  const limit = flags.all ? Number.POSITIVE_INFINITY : (flags.limit ?? DEFAULT_LIMIT);
  const { topic, state, author } = flags;
  const { paint } = this.out;
  const { now } = open;
  let shown = 0;
  let page: Listing | undefined;
  do {
    const reading = view.list({
      ...(prefix !== undefined && { prefix }),
      ...(topic !== undefined && topic.length > 0 && { topics: topic }),
      state,
      author,
      limit: Math.min(PAGE, limit - shown),
      page: page?.nextPage,
    });
    page = await untilInterrupted(this.signal, reading);
    if (flags.json) await this.out.jsonAll([...page.items, ...page.corrupt]);
    else
      // One header for all pages.
      this.out.print(
        itemLines(page, { width: this.out.width, paint, now }).slice(shown === 0 ? 0 : 1),
      );
    shown += page.items.length + page.corrupt.length;
  } while (page.nextPage !== undefined && shown < limit);
  throwIfInterrupted(this.signal);
  if (flags.json) return;
  if (shown === 0) this.out.print(paint("dim", await emptyText(open, noItems(flags, prefix))));
  if (page.nextPage !== undefined)
    this.out.print(paint("dim", `The first ${shown}. --all lists all, PREFIX or --topic fewer.`));
  else if (!view.isSystem && filterOf(flags, prefix) === undefined)
    this.out.print(await unseenLines(open, view.name, shown, paint));
}

/** How many items the agent does not see. */
async function unseenLines(
  { mesh }: OpenMesh,
  agent: string,
  seen: number,
  paint: Paint,
): Promise<readonly string[]> {
  const unseen = (await mesh.stats()).items - seen;
  if (unseen <= 0) return [];
  const advice = `${commandText("why", [agent, "KEY"])} explains.`;
  return [paint("dim", `${count(unseen, "item")} ${visible(agent)} does not see. ${advice}`)];
}

function filterOf(
  { topic, state, author }: ItemsFlags,
  prefix: string | undefined,
): string | undefined {
  return prefix ?? topic?.[0] ?? state ?? author;
}

function noItems(flags: ItemsFlags, prefix: string | undefined): string {
  const who = flags.as === undefined ? "" : ` that ${visible(flags.as)} sees`;
  if (filterOf(flags, prefix) !== undefined) return `No such items${who}.`;
  if (flags.as !== undefined) return `No items${who}.`;
  return "No items yet. syntha push KEY VALUE --global adds one.";
}

const COLUMNS: readonly Column[] = [
  { title: "KEY", min: 12 },
  { title: "STATE" },
  { title: "FOR", min: 9 },
  { title: "BY", min: 6 },
  { title: "AGE", align: "right" },
  { title: "VALUE", min: 12 },
];

export interface ViewOptions {
  readonly width: number;
  readonly paint: Paint;
  readonly now: number;
}

/** Items as a table, in key order. */
export function itemLines(
  { items, corrupt }: Pick<Listing, "items" | "corrupt">,
  { width, paint, now }: ViewOptions,
): readonly string[] {
  const rows = [
    ...items.map((item) => ({ item, value: preview(item.value, width) as Cell })),
    ...corrupt.map((item) => ({ item, value: lostCell(item) })),
  ].map(({ item, value }): readonly Cell[] => [
    [visible(item.key), "bold"],
    stateCell(item.state),
    routeText(item),
    authorCell(item.author),
    ageOf(item.updatedAt, now),
    value,
  ]);
  return table(COLUMNS, rows, { width, paint });
}

/** Why there is no value. */
function lostCell({ error }: CorruptItem): Cell {
  return "missing" in error.details ? ["no longer in the log", "dim"] : ["damaged", "red"];
}

export function authorCell(author: string | undefined): Cell {
  return author === undefined ? ["system", "dim"] : [visible(author), styleOfAgent(author)];
}
