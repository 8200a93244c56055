import type { LogFilter, LogListing, MeshLogEntry } from "@syntha/core";
import type { Moment } from "./moment.ts";

/** Entries that are read of one commit at most. */
const MAX_ENTRIES = 5_000;

/** The entries of the newest commits, in log order. */
export async function listLogEnd(
  { system }: Moment,
  commits: number,
  types: LogFilter["types"],
): Promise<readonly MeshLogEntry[]> {
  return (await readWindow(system, { types, values: false }, commits, undefined)).entries;
}

/** A part of the log that ends where the caller said. */
export interface LogWindow {
  readonly entries: readonly MeshLogEntry[];
  /** The position that it begins after. */
  readonly start: number;
  readonly head: number;
  readonly floor: number;
}

/**
 * Reads the newest commits before a position: fewer than asked for if they have too many entries.
 * @throws CURSOR_COMPACTED if the log holds nothing before that position
 */
export async function readWindow(
  system: Moment["system"],
  selection: Pick<LogFilter, "types" | "key" | "actor" | "values">,
  commits: number,
  before: number | undefined,
): Promise<LogWindow> {
  for (let last = commits; ; last = Math.ceil(last / 4)) {
    const page = await system.log({ ...selection, last, before, limit: 1_000 });
    const { head, floor } = page;
    const end = Math.min(head, (before ?? Infinity) - 1);
    const start = Math.max(floor, end - last);
    if (page.more && last > 1) continue;
    const entries = page.more ? await readRest(system, selection, before, page) : page.entries;
    return { entries, start, head, floor };
  }
}

/** A single commit may have more entries than a page. */
async function readRest(
  system: Moment["system"],
  selection: Pick<LogFilter, "types" | "key" | "actor" | "values">,
  before: number | undefined,
  first: LogListing,
): Promise<readonly MeshLogEntry[]> {
  const entries = [...first.entries];
  for (let page = first; page.more && entries.length < MAX_ENTRIES;) {
    page = await system.log({ ...selection, after: page.cursor, before, limit: 1_000 });
    entries.push(...page.entries);
  }
  return entries;
}
