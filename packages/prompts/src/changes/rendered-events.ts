import type { AgentContext, Cursor, MeshEvent } from "@syntha/core";
import { eventLabelLine, eventLine } from "../lines/event-line.ts";
import { MOST_CHARACTERS } from "../packing/pack.ts";
import type { Budget } from "../tokens/budget.ts";
import type { ChangesOptions } from "./changes-options.ts";

/** Events read at once. */
const PAGE = 50;

export interface RenderedEvents {
  readonly lines: readonly string[];
  readonly ids: readonly string[];
  readonly tokens: number;
  /** Passed over, since not even its name is within what events may take. */
  readonly unnamed: number;
  /** Behind the last of them. */
  readonly cursor: Cursor;
  /** Whether others wait for a later block. */
  readonly more: boolean;
}

/** Events behind a place, in their order and without a gap, as many as the room takes; `most` is the most it ever is. */
export async function renderEvents(
  agent: AgentContext,
  since: Cursor,
  { events, topics }: ChangesOptions,
  most: number,
  room: number,
  budget: Budget,
): Promise<RenderedEvents> {
  const types = Array.isArray(events) ? (events as readonly string[]) : undefined;
  const lines: string[] = [];
  const ids: string[] = [];
  let cursor = since;
  let left = room;
  let unnamed = 0;
  for (;;) {
    const page = await agent.events({ types, since: cursor, limit: PAGE });
    const said: { line: string; id: string; tokens: number }[] = [];
    let taken = 0;
    let passed = 0;
    for (const event of page.events) {
      const isMeant = isOn(event, topics);
      const told = isMeant ? lineOf(event, most, budget) : undefined;
      if (isMeant && told === undefined) passed++;
      if (told !== undefined) {
        const free = left - said.reduce((sum, { tokens }) => sum + tokens, 0);
        if (told.tokens > free) break;
        said.push({ ...told, id: event.id });
      }
      taken++;
    }
    const isAll = taken === page.events.length;
    const end = isAll ? page : await upTo(agent, types, cursor, page.events.slice(0, taken));
    // What is seen has changed between the two reads: these come with the next block.
    if (end === undefined) return { lines, ids, tokens: room - left, unnamed, cursor, more: true };
    ({ cursor } = end);
    unnamed += passed;
    for (const { line, id, tokens } of said) {
      lines.push(line);
      ids.push(id);
      left -= tokens;
    }
    const isLast = page.events.length + page.corrupt.length < PAGE;
    if (!isAll || isLast) return { lines, ids, tokens: room - left, unnamed, cursor, more: !isAll };
  }
}

/** The place behind these events, if they are what stands there. */
async function upTo(
  agent: AgentContext,
  types: readonly string[] | undefined,
  since: Cursor,
  taken: readonly MeshEvent[],
): Promise<{ cursor: Cursor } | undefined> {
  if (taken.length === 0) return { cursor: since };
  // Events whose data is damaged count towards the limit, and are passed over.
  for (let limit = taken.length; limit <= PAGE;) {
    const { events, corrupt, cursor } = await agent.events({ types, since, limit });
    const missing = taken.length - events.length;
    if (missing === 0)
      return events.every(({ id }, i) => id === taken[i]?.id) ? { cursor } : undefined;
    if (missing < 0 || events.length + corrupt.length < limit) return undefined;
    limit += missing;
  }
  return undefined;
}

/** Undefined when not even its name fits. */
function lineOf(
  event: MeshEvent,
  room: number,
  { count }: Budget,
): { line: string; tokens: number } | undefined {
  for (const line of [eventLine(event), eventLabelLine(event)]) {
    if (line.length > room * MOST_CHARACTERS) continue;
    const tokens = count(`${line}\n`);
    if (tokens <= room) return { line, tokens };
  }
  return undefined;
}

function isOn(event: MeshEvent, topics: readonly string[] | undefined): boolean {
  return topics === undefined || topics.some((topic) => event.topics.includes(topic));
}
