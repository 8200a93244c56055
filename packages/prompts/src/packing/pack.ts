import type { OmittedItem, OmittedReason } from "../context/rendered-context.ts";
import type { Budget } from "../tokens/budget.ts";

/** An item or change that may be included in a block. */
export interface Candidate {
  readonly key: string;
  /** The agent whose share it uses: `null` is the system, undefined uses no share. */
  readonly author: string | null | undefined;
}

/** A candidate as text. */
export interface Entry {
  /** Undefined if it is longer than `MAX_CHARACTERS_PER_TOKEN` for each token of the whole budget. */
  readonly line: string | undefined;
  /** Replaces a line that exceeds the block alone. */
  readonly label: string;
}

/** A candidate whose value is damaged in storage: only its label is included. */
export interface UnreadableEntry {
  readonly unreadable: true;
  readonly label: string;
}

interface Packed<C> {
  readonly candidate: C;
  readonly line: string;
  readonly tokens: number;
  /** False if only the label is included. */
  readonly isComplete: boolean;
}

export interface Packing<C> {
  /** In the order of the candidates. */
  readonly packed: readonly Packed<C>[];
  readonly omitted: readonly OmittedItem[];
  /** Candidates that are not included and would fit into a block alone. */
  readonly pending: readonly C[];
}

export type LoadEntries<C> = (
  batch: readonly C[],
) => Promise<readonly (Entry | UnreadableEntry | undefined)[]>;

/** Values per read. */
const BATCH_SIZE = 32;
/** After this number of consecutive candidates that did not fit, the rest is not read. */
const MAX_MISSES = 32;
/** After this number of candidates of one author that did not fit, its other candidates are postponed unread. */
const MAX_AUTHOR_MISSES = 8;
/** No line is shorter. */
const MIN_LINE_TOKENS = 8;
/** A longer text is too large without counting its tokens: no text that is worth its tokens has more characters in each. */
export const MAX_CHARACTERS_PER_TOKEN = 32;

/**
 * Fills a block with candidates in their order. The first pass keeps each author within its share; further passes give the
 * remaining space to postponed candidates, with the share doubled each time and the authors with the fewest tokens first.
 * `load` returns undefined for a candidate that no longer exists. `used` is the part of the capacity that is already in use.
 */
export async function pack<C extends Candidate>(
  candidates: readonly C[],
  load: LoadEntries<C>,
  capacity: number,
  budget: Budget,
  used = 0,
): Promise<Packing<C>> {
  const packer = new Packer(load, capacity, budget, used);
  const all = candidates.map((candidate, position) => ({ candidate, position }));
  let { share } = budget;
  let postponed = await packer.pass(all, tokensOf(capacity, share), "budget");
  while (postponed.length > 0) {
    share *= 2;
    const next = packer.fewestTokensFirst(postponed);
    postponed = await packer.pass(next, tokensOf(capacity, share), "share");
  }
  return packer.result();
}

function tokensOf(capacity: number, share: number): number {
  return share < 1 ? Math.floor(capacity * share) : Infinity;
}

interface Positioned<C> {
  readonly candidate: C;
  readonly position: number;
}

interface Usage {
  tokens: number;
  misses: number;
}

class Packer<C extends Candidate> {
  readonly #load: LoadEntries<C>;
  readonly #budget: Budget;
  readonly #capacity: number;
  readonly #usage = new Map<string | null, Usage>();
  readonly #packed: (Packed<C> & Positioned<C>)[] = [];
  readonly #omitted: (OmittedItem & Positioned<C> & { isPending: boolean })[] = [];
  #left: number;
  #misses = 0;

  constructor(load: LoadEntries<C>, capacity: number, budget: Budget, used: number) {
    this.#load = load;
    this.#budget = budget;
    this.#capacity = capacity;
    this.#left = capacity - used;
  }

  /** Returns the candidates whose author would exceed its share. */
  async pass(
    candidates: readonly Positioned<C>[],
    share: number,
    reason: OmittedReason,
  ): Promise<Positioned<C>[]> {
    const postponed: Positioned<C>[] = [];
    this.#misses = 0;
    for (const usage of this.#usage.values()) usage.misses = 0;
    for (let next = 0; next < candidates.length;) {
      const batch: Positioned<C>[] = [];
      for (; next < candidates.length && batch.length < BATCH_SIZE; next++) {
        const each = candidates[next] as Positioned<C>;
        if (this.#isFull) this.#omit(each, reason, undefined);
        else if (this.#hasUsedShare(each.candidate, share)) postponed.push(each);
        else batch.push(each);
      }
      const entries = await this.#load(batch.map(({ candidate }) => candidate));
      for (const [i, entry] of entries.entries()) {
        const each = batch[i] as Positioned<C>;
        if (entry !== undefined && !this.#add(each, entry, share, reason)) postponed.push(each);
      }
    }
    return postponed;
  }

  fewestTokensFirst(candidates: readonly Positioned<C>[]): Positioned<C>[] {
    const used = ({ candidate: { author } }: Positioned<C>): number =>
      author === undefined ? 0 : this.#usageOf(author).tokens;
    return candidates.toSorted((a, b) => used(a) - used(b) || a.position - b.position);
  }

  result(): Packing<C> {
    const byPosition = (a: { position: number }, b: { position: number }): number =>
      a.position - b.position;
    const omitted = this.#omitted.toSorted(byPosition);
    return {
      packed: this.#packed.toSorted(byPosition),
      omitted: omitted.map(({ key, reason, tokens }) => ({ key, reason, tokens })),
      pending: omitted.filter(({ isPending }) => isPending).map(({ candidate }) => candidate),
    };
  }

  /** Includes or omits a candidate; returns false if its author would exceed its share. */
  #add(
    each: Positioned<C>,
    entry: Entry | UnreadableEntry,
    share: number,
    reason: OmittedReason,
  ): boolean {
    if (this.#isFull) {
      this.#omit(each, reason, undefined);
      return true;
    }
    const { key, author } = each.candidate;
    const isUnreadable = "unreadable" in entry;
    const full = isUnreadable ? undefined : entry.line;
    const lineTokens = this.#count(full);
    const isComplete = full !== undefined && lineTokens <= this.#capacity;
    const line = isComplete ? full : entry.label;
    const tokens = isComplete ? lineTokens : this.#count(line);
    const fits = tokens <= this.#left;
    const usage = author === undefined ? undefined : this.#usageOf(author);
    if (fits && usage !== undefined && usage.tokens + tokens > share) {
      usage.misses++;
      return false;
    }
    if (fits) {
      this.#left -= tokens;
      this.#misses = 0;
      if (usage !== undefined) usage.tokens += tokens;
      this.#packed.push({ ...each, line, tokens, isComplete });
    } else {
      this.#misses++;
      if (usage !== undefined) usage.misses++;
    }
    if (!isComplete) {
      const isPending = !fits && tokens <= this.#capacity;
      const counted = lineTokens === Infinity ? undefined : lineTokens;
      const why = isUnreadable ? "unreadable" : "too_large";
      this.#omitted.push({ ...each, key, reason: why, tokens: counted, isPending });
    } else if (!fits) {
      this.#omit(each, reason, tokens);
    }
    return true;
  }

  #omit(each: Positioned<C>, reason: OmittedReason, tokens: number | undefined): void {
    const { key } = each.candidate;
    this.#omitted.push({ ...each, key, reason, tokens, isPending: true });
  }

  #count(line: string | undefined): number {
    if (line === undefined || line.length > this.#capacity * MAX_CHARACTERS_PER_TOKEN)
      return Infinity;
    return this.#budget.count(`${line}\n`);
  }

  #hasUsedShare({ author }: C, share: number): boolean {
    if (author === undefined || share === Infinity) return false;
    const { tokens, misses } = this.#usageOf(author);
    return tokens + MIN_LINE_TOKENS > share || misses >= MAX_AUTHOR_MISSES;
  }

  #usageOf(author: string | null): Usage {
    let usage = this.#usage.get(author);
    if (usage === undefined) this.#usage.set(author, (usage = { tokens: 0, misses: 0 }));
    return usage;
  }

  get #isFull(): boolean {
    return this.#left < MIN_LINE_TOKENS || this.#misses >= MAX_MISSES;
  }
}
