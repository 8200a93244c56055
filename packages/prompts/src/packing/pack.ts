import type { Budget } from "../tokens/budget.ts";
import type { OmittedItem, OmittedReason } from "../lines/omitted-line.ts";

/** Something that would like to be in a block. */
export interface Candidate {
  readonly key: string;
  /** Whose share it counts towards: an agent, `null` for the system, undefined for nobody's. */
  readonly author: string | null | undefined;
}

/** A candidate as text. */
export interface Entry {
  /** Absent when it is longer than `MOST_CHARACTERS` for each token of the whole budget. */
  readonly line: string | undefined;
  /** What stands for it when it alone is more than fits. */
  readonly label: string;
}

interface Packed<C> {
  readonly candidate: C;
  readonly line: string;
  readonly tokens: number;
  /** False when only its label is there. */
  readonly isWhole: boolean;
}

export interface Packing<C> {
  /** In the order of the candidates. */
  readonly packed: readonly Packed<C>[];
  readonly omitted: readonly OmittedItem[];
  /** Candidates of which nothing is there, and which would fit into a block of their own. */
  readonly waiting: readonly C[];
}

/** Values read at once. */
const PART = 32;
/** So many in a row that did not fit: what follows is not even read. */
const MISSES = 32;
/** So many of one author that were more than is left, of its share or at all: the rest of them waits unread. */
const STRIKES = 8;
/** No line is shorter. */
const LEAST_TOKENS = 8;
/** No text that is worth its tokens has more characters in each: what has is too large without being counted. */
export const MOST_CHARACTERS = 32;

/**
 * Fills a room of tokens with candidates, in their order: first as far as their authors' shares reach, then whatever
 * is left goes to those that waited for others, by shares twice as large each time, whose author has least before the
 * others. `load` gives an entry, or undefined for what is there no more. `taken` is what else has of the room already.
 */
export async function pack<C extends Candidate>(
  candidates: readonly C[],
  load: (part: readonly C[]) => Promise<readonly (Entry | undefined)[]>,
  room: number,
  budget: Budget,
  taken = 0,
): Promise<Packing<C>> {
  const packing = new Filling(load, room, budget, taken);
  const places = candidates.map((candidate, place) => ({ candidate, place }));
  let { share } = budget;
  let postponed = await packing.pass(places, sharesOf(room, share), "budget");
  while (postponed.length > 0) {
    share *= 2;
    postponed = await packing.pass(packing.leastFirst(postponed), sharesOf(room, share), "share");
  }
  return packing.result();
}

function sharesOf(room: number, share: number): number {
  return share < 1 ? Math.floor(room * share) : Infinity;
}

interface Placed<C> {
  readonly candidate: C;
  readonly place: number;
}

class Filling<C extends Candidate> {
  readonly #load: (part: readonly C[]) => Promise<readonly (Entry | undefined)[]>;
  readonly #budget: Budget;
  readonly #room: number;
  readonly #taken = new Map<string | null, { tokens: number; strikes: number }>();
  readonly #packed: (Packed<C> & Placed<C>)[] = [];
  readonly #omitted: (OmittedItem & Placed<C> & { isWaiting: boolean })[] = [];
  #left: number;
  #misses = 0;

  constructor(
    load: (part: readonly C[]) => Promise<readonly (Entry | undefined)[]>,
    room: number,
    budget: Budget,
    taken: number,
  ) {
    this.#load = load;
    this.#budget = budget;
    this.#room = room;
    this.#left = room - taken;
  }

  /** Gives those that are over their author's share. */
  async pass(
    places: readonly Placed<C>[],
    share: number,
    reason: OmittedReason,
  ): Promise<Placed<C>[]> {
    const postponed: Placed<C>[] = [];
    this.#misses = 0;
    for (const had of this.#taken.values()) had.strikes = 0;
    for (let from = 0; from < places.length;) {
      const part: Placed<C>[] = [];
      for (; from < places.length && part.length < PART; from++) {
        const placed = places[from] as Placed<C>;
        if (this.#isFull) this.#omit(placed, reason, undefined);
        else if (this.#hasHad(placed.candidate, share)) postponed.push(placed);
        else part.push(placed);
      }
      const entries = await this.#load(part.map(({ candidate }) => candidate));
      for (const [i, entry] of entries.entries()) {
        const placed = part[i] as Placed<C>;
        if (entry !== undefined && !this.#put(placed, entry, share, reason)) postponed.push(placed);
      }
    }
    return postponed;
  }

  /** Those whose author has least so far come first; then in their order. */
  leastFirst(places: readonly Placed<C>[]): Placed<C>[] {
    const had = ({ candidate: { author } }: Placed<C>): number =>
      author === undefined ? 0 : this.#takenBy(author).tokens;
    return places.toSorted((a, b) => had(a) - had(b) || a.place - b.place);
  }

  result(): Packing<C> {
    const inPlace = (a: { place: number }, b: { place: number }): number => a.place - b.place;
    const omitted = this.#omitted.toSorted(inPlace);
    return {
      packed: this.#packed.toSorted(inPlace),
      omitted: omitted.map(({ key, reason, tokens }) => ({ key, reason, tokens })),
      waiting: omitted.filter(({ isWaiting }) => isWaiting).map(({ candidate }) => candidate),
    };
  }

  /** False when it must wait, since its author has had its share. */
  #put(placed: Placed<C>, entry: Entry, share: number, reason: OmittedReason): boolean {
    if (this.#isFull) {
      this.#omit(placed, reason, undefined);
      return true;
    }
    const { author } = placed.candidate;
    const whole = this.#weigh(entry.line);
    const isWhole = whole <= this.#room;
    const line = isWhole && entry.line !== undefined ? entry.line : entry.label;
    const tokens = isWhole ? whole : this.#weigh(line);
    const fits = tokens <= this.#left;
    const taken = author === undefined ? undefined : this.#takenBy(author);
    if (fits && taken !== undefined && taken.tokens + tokens > share) {
      taken.strikes++;
      return false;
    }
    if (fits) {
      this.#left -= tokens;
      this.#misses = 0;
      if (taken !== undefined) taken.tokens += tokens;
      this.#packed.push({ ...placed, line, tokens, isWhole });
    } else {
      this.#misses++;
      if (taken !== undefined) taken.strikes++;
    }
    if (!isWhole) {
      const isWaiting = !fits && tokens <= this.#room;
      const known = whole === Infinity ? undefined : whole;
      const { key } = placed.candidate;
      this.#omitted.push({ ...placed, key, reason: "too_large", tokens: known, isWaiting });
    } else if (!fits) {
      this.#omit(placed, reason, tokens);
    }
    return true;
  }

  #omit(placed: Placed<C>, reason: OmittedReason, tokens: number | undefined): void {
    const { key } = placed.candidate;
    this.#omitted.push({ ...placed, key, reason, tokens, isWaiting: true });
  }

  #weigh(line: string | undefined): number {
    if (line === undefined || line.length > this.#room * MOST_CHARACTERS) return Infinity;
    return this.#budget.count(`${line}\n`);
  }

  #hasHad({ author }: C, share: number): boolean {
    if (author === undefined || share === Infinity) return false;
    const { tokens, strikes } = this.#takenBy(author);
    return tokens + LEAST_TOKENS > share || strikes >= STRIKES;
  }

  #takenBy(author: string | null): { tokens: number; strikes: number } {
    let taken = this.#taken.get(author);
    if (taken === undefined) this.#taken.set(author, (taken = { tokens: 0, strikes: 0 }));
    return taken;
  }

  get #isFull(): boolean {
    return this.#left < LEAST_TOKENS || this.#misses >= MISSES;
  }
}
