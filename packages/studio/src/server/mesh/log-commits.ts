import type { LogFilter, MeshLogEntry } from "@syntha/core";
import { parseCursor } from "@syntha/core/storage";
import type { Moment } from "./moment.ts";

/** Entries after a position. */
export interface LogCommits {
  readonly entries: readonly MeshLogEntry[];
  /** The last position that was read, with all entries of its commit. */
  readonly end: number;
  readonly more: boolean;
  readonly head: number;
  readonly floor: number;
}

/**
 * Reads whole commits, so that the position of the last one is where to go on: more entries than the limit if a commit has
 * as many.
 * @throws CURSOR_COMPACTED
 */
export async function readCommits(
  system: Moment["system"],
  selection: Pick<LogFilter, "key" | "actor">,
  after: number,
  limit: number,
): Promise<LogCommits> {
  const query = { ...selection, values: false } as const;
  let page = await system.log({ ...query, after, limit });
  const entries = [...page.entries];
  for (;;) {
    const { more, head, floor, cursor } = page;
    if (!more) return { entries, end: head, more, head, floor };
    // What was read ends after this commit, before it, or within it.
    const { position, done } = parseCursor(cursor);
    if (done === "all") return { entries, end: position, more, head, floor };
    if (done === 0) return { entries, end: position - 1, more, head, floor };
    page = await system.log({ ...query, after: cursor, before: position + 1, limit: 1_000 });
    entries.push(...page.entries);
    if (!page.more) return { entries, end: position, more: position < head, head, floor };
  }
}
