import type { AgentContext, Cursor, EventListing } from "@syntha/core";
import { compareCodePoints } from "@syntha/core/storage";
import { z } from "zod";
import type { EventPage } from "../../api/index.ts";
import { toEventSummary } from "../json/event-summary.ts";
import type { Moment } from "../mesh/moment.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

export const events: MeshRead<"api/events"> = {
  query: z.strictObject({
    ...parts.VIEW,
    type: parts.text.optional(),
    since: parts.text.optional(),
    limit: parts.PAGE.limit,
    order: z.enum(["newest", "oldest"]).optional(),
  }),
  async answer({ moment, reader }, { type, since, limit = 100, order = "newest" }) {
    const types = type === undefined ? undefined : [type];
    if (order === "newest") return newestEvents(reader, moment.system, types, limit);
    return { ...toPage(await reader.events({ types, since, limit })), isPartial: false };
  },
};

/** Commits at the end of the log that are searched, one after the other, until there are enough events. */
const WINDOWS = [500, 5_000, 50_000];

async function newestEvents(
  reader: AgentContext,
  system: Moment["system"],
  types: readonly string[] | undefined,
  limit: number,
): Promise<EventPage> {
  for (const window of [...WINDOWS, undefined]) {
    const since = await cursorBefore(system, window);
    const page = await lastEvents(reader, types, since, limit);
    if (page.events.length >= limit || since === undefined) return page;
  }
  return lastEvents(reader, types, undefined, limit);
}

/** The cursor that many commits before the head; undefined for the start. */
async function cursorBefore(
  system: Moment["system"],
  commits: number | undefined,
): Promise<Cursor | undefined> {
  if (commits === undefined) return undefined;
  const { head, floor, cursor } = await system.log({ last: 1, values: false, limit: 1 });
  const position = head - commits;
  if (position <= floor) return undefined;
  const { entries } = await system.log({ after: position - 1, limit: 1, values: false });
  return entries[0]?.cursor ?? cursor;
}

/** Reads on to the end, and keeps the last ones. */
async function lastEvents(
  reader: AgentContext,
  types: readonly string[] | undefined,
  start: Cursor | undefined,
  limit: number,
): Promise<EventPage> {
  const pageSize = 1_000;
  let events: EventPage["events"] = [];
  let isPartial = start !== undefined;
  for (let since = start; ;) {
    const listed = await reader.events({ types, since, limit: pageSize });
    const page = toPage(listed);
    events = [...events, ...page.events];
    isPartial ||= events.length > limit;
    events = events.slice(-limit);
    since = listed.cursor;
    if (page.events.length < pageSize) return { events, cursor: listed.cursor, isPartial };
  }
}

function toPage({ events, corrupt, cursor }: EventListing): Pick<EventPage, "events" | "cursor"> {
  const all = [...events, ...corrupt];
  // An event has no position: damaged ones take their places by time.
  if (corrupt.length > 0)
    all.sort((a, b) => a.at.getTime() - b.at.getTime() || compareCodePoints(a.id, b.id));
  return { events: all.map(toEventSummary), cursor };
}
