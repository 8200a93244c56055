import { type AgentContext, type Cursor, isSynthaError } from "@syntha/core";
import type { Pair } from "./deed.ts";
import { published } from "./retaining.ts";
import { same } from "./same.ts";

interface EventPlace {
  readonly cursor: Cursor;
  readonly life: number;
  /** How many of all events that were ever published are behind it. */
  readonly behind: number;
}

/** Cursors that the listing of events gave, to go on from much later. */
export class EventPlaces {
  readonly #places: EventPlace[] = [];

  /** Takes the cursor behind the first few events, or behind all. */
  async note(agent: AgentContext, { model, life }: Pair, limit: number): Promise<void> {
    const { events, cursor } = await agent.events({ limit });
    const all = published(model).length;
    const behind = events.length < limit ? all : all - model.events.length + events.length;
    this.#places.push({ cursor, life, behind });
  }

  async resume(agent: AgentContext, pair: Pair, back: number): Promise<void> {
    const place = this.#places.at(-1 - back);
    if (place !== undefined) await resume(agent, pair, place);
  }

  async resumeAll(agent: AgentContext, pair: Pair): Promise<void> {
    for (const place of this.#places) await resume(agent, pair, place);
  }
}

/** What follows, unless some of it was removed: then that is told. */
async function resume(
  agent: AgentContext,
  { model, life }: Pair,
  { cursor, life: then, behind }: EventPlace,
): Promise<void> {
  // A place in a dropped tenant's log is refused; the watches' places show that.
  if (then !== life) return;
  const ids = published(model);
  const removed = ids.length - model.events.length;
  const actual = await agent.events({ since: cursor, limit: 1_000 }).then(
    ({ events }) => events.map(({ id }) => id),
    (error: unknown) => (isSynthaError(error) ? error.code : error),
  );
  const expected = removed > behind ? "CURSOR_COMPACTED" : ids.slice(behind);
  same(`events behind the first ${behind}`, actual, expected);
}
