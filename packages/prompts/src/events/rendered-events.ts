import type { AgentContext, Cursor, MeshEvent } from "@syntha/core";
import { eventLine, omittedDataLine } from "../block/lines.ts";
import { MAX_CHARACTERS_PER_TOKEN } from "../packing/pack.ts";
import type { Budget } from "../tokens/budget.ts";

/** Events per read. */
const PAGE_SIZE = 50;

export interface EventSelection {
  /** All (`true`), or those of these types. */
  readonly events?: boolean | readonly string[] | undefined;
  readonly topics?: readonly string[] | undefined;
}

export interface RenderedEvents {
  readonly lines: readonly string[];
  readonly ids: readonly string[];
  readonly tokens: number;
  /** The number of events that are skipped, because they are too large even without data. */
  readonly tooLarge: number;
  /** The position after the last of them; `since` if there is none. */
  readonly cursor: Cursor | undefined;
  /** Whether further events are pending. */
  readonly more: boolean;
}

export const NO_EVENTS: RenderedEvents = {
  lines: [],
  ids: [],
  tokens: 0,
  tooLarge: 0,
  cursor: undefined,
  more: false,
};

/**
 * Renders the events after a cursor, in order and with no gaps, that fit into `capacity` tokens. An event that exceeds
 * `maxTokens`, the largest possible capacity, is rendered without its data. Without a cursor, the oldest retained event is
 * the first.
 * @throws CURSOR_COMPACTED if events after the cursor were removed; INVALID_CURSOR
 */
export async function renderEvents(
  agent: AgentContext,
  since: Cursor | undefined,
  { events, topics }: EventSelection,
  maxTokens: number,
  capacity: number,
  budget: Budget,
): Promise<RenderedEvents> {
  const types = Array.isArray(events) ? (events as readonly string[]) : undefined;
  const lines: string[] = [];
  const ids: string[] = [];
  let cursor = since;
  let left = capacity;
  let tooLarge = 0;
  const result = (more: boolean): RenderedEvents => {
    return { lines, ids, tokens: capacity - left, tooLarge, cursor, more };
  };
  for (;;) {
    const page = await agent.events({ types, since: cursor, limit: PAGE_SIZE });
    const rendered: { line: string; id: string; tokens: number }[] = [];
    let processed = 0;
    let skipped = 0;
    let free = left;
    for (const event of page.events) {
      if (hasTopic(event, topics)) {
        const entry = lineWithin(event, maxTokens, budget);
        if (entry === undefined) {
          skipped++;
        } else {
          if (entry.tokens > free) break;
          free -= entry.tokens;
          rendered.push({ ...entry, id: event.id });
        }
      }
      processed++;
    }
    const isAll = processed === page.events.length;
    const end = isAll
      ? page
      : await readUpTo(agent, types, cursor, page.events.slice(0, processed));
    // The agent's view changed between the two reads: these events are rendered in the next block.
    if (end === undefined) return result(true);
    ({ cursor } = end);
    left = free;
    tooLarge += skipped;
    for (const { line, id } of rendered) {
      lines.push(line);
      ids.push(id);
    }
    const isLast = page.events.length + page.corrupt.length < PAGE_SIZE;
    if (!isAll || isLast) return result(!isAll);
  }
}

/** The cursor after these events; undefined if the log no longer returns them at this position. */
async function readUpTo(
  agent: AgentContext,
  types: readonly string[] | undefined,
  since: Cursor | undefined,
  expected: readonly MeshEvent[],
): Promise<{ cursor: Cursor | undefined } | undefined> {
  if (expected.length === 0) return { cursor: since };
  // Damaged events count towards the limit, but are not returned.
  for (let limit = expected.length; limit <= PAGE_SIZE;) {
    const { events, corrupt, cursor } = await agent.events({ types, since, limit });
    const missing = expected.length - events.length;
    if (missing === 0)
      return events.every(({ id }, i) => id === expected[i]?.id) ? { cursor } : undefined;
    if (missing < 0 || events.length + corrupt.length < limit) return undefined;
    limit += missing;
  }
  return undefined;
}

/** Undefined if the event is too large even without its data. */
function lineWithin(
  event: MeshEvent,
  maxTokens: number,
  { count }: Budget,
): { line: string; tokens: number } | undefined {
  for (const line of [eventLine(event), omittedDataLine(event)]) {
    if (line.length > maxTokens * MAX_CHARACTERS_PER_TOKEN) continue;
    const tokens = count(`${line}\n`);
    if (tokens <= maxTokens) return { line, tokens };
  }
  return undefined;
}

function hasTopic(event: MeshEvent, topics: readonly string[] | undefined): boolean {
  return topics === undefined || topics.some((topic) => event.topics.includes(topic));
}
