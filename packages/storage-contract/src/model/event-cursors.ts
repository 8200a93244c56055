import { type AgentContext, type Cursor, isSynthaError } from "@syntha/core";
import type { TenantPair } from "./action.ts";
import { publishedIds } from "./retention.ts";
import { assertSame } from "../harness/index.ts";

interface EventCursor {
  readonly cursor: Cursor;
  readonly generation: number;
  /** Number of events published before it. */
  readonly offset: number;
}

/** Cursors that `events` returned, to resume from later. */
export class EventCursors {
  readonly #cursors: EventCursor[] = [];

  /** Records the cursor after the first events, or after all. */
  async note(agent: AgentContext, { model, generation }: TenantPair, limit: number): Promise<void> {
    const { events, cursor } = await agent.events({ limit });
    const all = publishedIds(model).length;
    const offset = events.length < limit ? all : all - model.events.length + events.length;
    this.#cursors.push({ cursor, generation, offset });
  }

  async resume(agent: AgentContext, pair: TenantPair, back: number): Promise<void> {
    const recorded = this.#cursors.at(-1 - back);
    if (recorded !== undefined) await resume(agent, pair, recorded);
  }

  async resumeAll(agent: AgentContext, pair: TenantPair): Promise<void> {
    for (const recorded of this.#cursors) await resume(agent, pair, recorded);
  }
}

/** Checks the events after a cursor, or that it is rejected when one of them was removed. */
async function resume(
  agent: AgentContext,
  { model, generation }: TenantPair,
  { cursor, generation: then, offset }: EventCursor,
): Promise<void> {
  // Cursors of dropped tenants are checked with the watches.
  if (then !== generation) return;
  const ids = publishedIds(model);
  const removed = ids.length - model.events.length;
  const actual = await agent.events({ since: cursor, limit: 1_000 }).then(
    ({ events }) => events.map(({ id }) => id),
    (error: unknown) => (isSynthaError(error) ? error.code : error),
  );
  const expected = removed > offset ? "CURSOR_COMPACTED" : ids.slice(offset);
  assertSame(`events after the first ${offset}`, actual, expected);
}
