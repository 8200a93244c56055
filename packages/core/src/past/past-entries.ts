import type { StoredEntry } from "../log/change.ts";
import type { LaterChanges } from "./later-changes.ts";
import type { PastReader } from "./past-reader.ts";

/** Entries that are read in a scan of the log in the time that finding those of one key takes. */
const ENTRIES_PER_LOOKUP = 8;

/** About how many entries the log has per commit, up to the position. */
export interface LogDensity {
  readonly entries: number;
  readonly commits: number;
}

/**
 * The entries by which items that changed later had come to be what they were: each key's last put, and the claims and
 * releases after it. Where most of a part of the log is of such keys, that part is read as a whole; the entries of other
 * keys are looked up.
 */
export class PastEntries {
  readonly #reader: PastReader;
  readonly #scanned = new Map<string, StoredEntry[]>();

  constructor(reader: PastReader) {
    this.#reader = reader;
  }

  /** @param isHidden whether the values of a key are not shown, as its item has expired */
  async scan(
    { items }: LaterChanges,
    density: LogDensity,
    isHidden: (key: string) => boolean,
    onEntry: (count: number) => void,
  ): Promise<void> {
    const revisions = Array.from(items.values(), ({ replaced }) => replaced?.before.revision ?? 0);
    const start = scanStart(this.#reader.position, revisions.filter(Boolean), density);
    if (start === undefined) return;
    const after = { position: start - 1, index: Number.MAX_SAFE_INTEGER };
    let count = 0;
    await this.#reader.eachEntry(after, (entry) => {
      if (entry.position > this.#reader.position) return false;
      onEntry(++count);
      const key = keyOf(entry);
      const revision = key === undefined ? undefined : items.get(key)?.replaced?.before.revision;
      if (key === undefined || revision === undefined || entry.position < revision) return true;
      if (entry.change.type === "lease") this.#scanned.get(key)?.push(entry);
      else this.#scanned.set(key, [isHidden(key) ? withoutValue(entry) : entry]);
      return true;
    });
  }

  /**
   * The entries of a key from a revision on, or all that are kept, up to the position; of a scanned part without those
   * before the last put. Each key is asked for once.
   */
  async take(key: string, revision: number | undefined): Promise<readonly StoredEntry[]> {
    const scanned = this.#scanned.get(key);
    if (scanned === undefined) return this.#reader.entriesOf(key, revision);
    this.#scanned.delete(key);
    return scanned;
  }
}

/**
 * The position from which on to read the log as a whole, so that the reading and the lookups of what is older cost least;
 * undefined if lookups alone do.
 */
function scanStart(
  position: number,
  revisions: number[],
  { entries, commits }: LogDensity,
): number | undefined {
  const perCommit = entries / Math.max(1, commits);
  let [start, least]: [number | undefined, number] = [
    undefined,
    revisions.length * ENTRIES_PER_LOOKUP,
  ];
  revisions.sort((a, b) => b - a);
  for (const [at, revision] of revisions.entries()) {
    const older = revisions.length - at - 1;
    const cost = (position - revision + 1) * perCommit + older * ENTRIES_PER_LOOKUP;
    if (cost < least) [start, least] = [revision, cost];
  }
  return start;
}

/** The key that an entry is about. */
export function keyOf({ change }: StoredEntry): string | undefined {
  if ("key" in change) return change.key;
  return change.type === "corrupt" ? (change.about ?? undefined) : undefined;
}

function withoutValue(entry: StoredEntry): StoredEntry {
  const { change } = entry;
  if (change.type !== "put") return entry;
  return { ...entry, change: { ...change, after: { ...change.after, value: null } } };
}
