import { omittedLine } from "../block/lines.ts";
import type { RenderedEvents } from "../events/rendered-events.ts";
import type { Budget } from "../tokens/budget.ts";
import { type Candidate, type LoadEntries, pack, type Packing } from "./pack.ts";

/** Renders the events that fit into `capacity`; `maxTokens` is the largest capacity that they ever get. */
export type EventsWithin = (capacity: number, maxTokens: number) => Promise<RenderedEvents>;

export interface PackingWithEvents<C> extends Packing<C> {
  readonly events: RenderedEvents;
  /** Lines of items, then of events, then the number of what is omitted. */
  readonly lines: readonly string[];
}

/** As {@link pack}, with events in up to half of the capacity. Those that are not first get only the space that is left. */
export async function packWithEvents<C extends Candidate>(
  candidates: readonly C[],
  load: LoadEntries<C>,
  capacity: number,
  budget: Budget,
  { events: eventsWithin, itemsFirst, more }: Beside,
): Promise<PackingWithEvents<C>> {
  const half = Math.floor(capacity / 2);
  const packBeside = (used: number): Promise<Packing<C>> =>
    pack(candidates, load, capacity, budget, used);
  let packing = itemsFirst ? await packBeside(0) : undefined;
  const used = packing?.packed.reduce((sum, line) => sum + line.tokens, 0) ?? 0;
  const events = await eventsWithin(Math.min(half, capacity - used), half);
  packing ??= await packBeside(events.tokens);
  const note = omittedLine(packing.omitted, more || events.more, events.tooLarge);
  const lines = [...packing.packed.map(({ line }) => line), ...events.lines];
  return { ...packing, events, lines: note === undefined ? lines : [...lines, note] };
}

interface Beside {
  readonly events: EventsWithin;
  readonly itemsFirst: boolean;
  /** Whether there are more items than candidates. */
  readonly more: boolean;
}
