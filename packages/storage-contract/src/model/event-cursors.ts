import { type AgentContext, type Cursor, isSynthaError } from "@syntha/core";
import type { TenantPair } from "./action.ts";
import { publishedIds } from "./retention.ts";
import { assertSame } from "../harness/assert-same.ts";

interface EventCursor {
  readonly cursor: Cursor;
  readonly generation: number;
  /** How many of all events that were ever published are behind it. */
  readonly offset: number;
}

/** Cursors that the listing of events gave, to go on from much later. */
export class EventCursors {
  readonly #places: EventCursor[] = [];

  /** Takes the cursor behind the first few events, or behind all. */
  async note(agent: AgentContext, { model, generation }: TenantPair, limit: number): Promise<void> {
    const { events, cursor } = await agent.events({ limit });
    const all = publishedIds(model).length;
    const offset = events.length < limit ? all : all - model.events.length + events.length;
    this.#places.push({ cursor, generation, offset });
  }

  async resume(agent: AgentContext, pair: TenantPair, back: number): Promise<void> {
    const place = this.#places.at(-1 - back);
    if (place !== undefined) await resume(agent, pair, place);
  }

  async resumeAll(agent: AgentContext, pair: TenantPair): Promise<void> {
    for (const place of this.#places) await resume(agent, pair, place);
  }
}

/** What follows, unless some of it was removed: then that is told. */
async function resume(
  agent: AgentContext,
  { model, generation }: TenantPair,
  { cursor, generation: then, offset }: EventCursor,
): Promise<void> {
  // A place in a dropped tenant's log is refused; the watches' places show that.
  if (then !== generation) return;
  const ids = publishedIds(model);
  const removed = ids.length - model.events.length;
  const actual = await agent.events({ since: cursor, limit: 1_000 }).then(
    ({ events }) => events.map(({ id }) => id),
    (error: unknown) => (isSynthaError(error) ? error.code : error),
  );
  const expected = removed > offset ? "CURSOR_COMPACTED" : ids.slice(offset);
  assertSame(`events behind the first ${offset}`, actual, expected);
}
