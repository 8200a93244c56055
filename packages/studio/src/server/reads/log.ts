import { type MeshLogEntry, SynthaError } from "@syntha/core";
import { z } from "zod";
import type { LogPage, LogQuery, TimelineEntry } from "../../api/index.ts";
import { toTimelineEntry } from "../json/timeline-entry.ts";
import { readCommits } from "../mesh/log-commits.ts";
import { readWindow } from "../mesh/log-end.ts";
import { visibilityOf } from "../mesh/log-visibility.ts";
import type { Moment } from "../mesh/moment.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

/** Commits that one request reads to find entries of a key or an agent. */
const WINDOW = 500;
const MAX_WINDOWS = 3;

export const log: MeshRead<"api/log"> = {
  query: z.strictObject({
    ...parts.TENANT,
    before: parts.position.optional(),
    after: parts.position.optional(),
    limit: parts.PAGE.limit,
    key: parts.text.optional(),
    actor: parts.text.optional(),
    as: parts.text.optional(),
  }),
  async answer({ mesh }, { before, after, limit = 100, key, actor, as }) {
    const selection = { key, actor };
    if (after === undefined) return newestPage(mesh, as, selection, before, limit);
    if (before !== undefined) throw bothEnds();
    const { entries, end, ...page } = await readCommits(mesh.system, selection, after, limit);
    const isWhole = key === undefined && actor === undefined;
    return { ...page, entries: await toTimeline(mesh, as, entries, isWhole), after: end };
  },
};

async function toTimeline(
  mesh: Moment,
  agent: string | undefined,
  entries: readonly MeshLogEntry[],
  isWhole: boolean,
): Promise<readonly TimelineEntry[]> {
  if (agent === undefined) return entries.map(toTimelineEntry);
  const visible = await visibilityOf(mesh, agent, entries, isWhole);
  return entries.map((entry, index) => ({ ...toTimelineEntry(entry), visible: visible[index] }));
}

/** The newest entries before a position: of whole commits, so that there may be more than the limit. */
async function newestPage(
  mesh: Moment,
  agent: string | undefined,
  selection: Pick<LogQuery, "key" | "actor">,
  before: number | undefined,
  limit: number,
): Promise<LogPage> {
  const { system } = mesh;
  const isSelective = selection.key !== undefined || selection.actor !== undefined;
  const commits = isSelective ? WINDOW : limit;
  const window = { ...selection, values: false };
  let read = await readWindow(system, window, commits, before);
  let { entries } = read;
  const { head, floor } = read;
  for (let windows = 1; windows < MAX_WINDOWS; windows++) {
    if (entries.length >= limit || read.start <= floor) break;
    read = await readWindow(system, window, commits, read.start + 1);
    entries = [...read.entries, ...entries];
  }
  const after = Math.min(head, (before ?? Infinity) - 1);
  const earlier = read.start > floor ? read.start + 1 : undefined;
  const shown = await toTimeline(mesh, agent, entries, !isSelective);
  return { entries: shown, head, floor, before: earlier, after, more: after < head };
}

function bothEnds(): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", "A page of the log has `before` or `after`.", {
    hint: "Leave out one of them.",
    details: { path: "before" },
  });
}
