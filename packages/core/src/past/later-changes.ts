import type { PriorAudience } from "../log/change.ts";
import type { EntryRecord } from "../storage/tenant-record.ts";

/** What the entries after a position say about the item that a key held at it. */
export interface LaterChange {
  /** The first of them. */
  readonly first: EntryRecord;
  /** The first that has the item's revision and audience; undefined if there is none. */
  replaced: { readonly entry: EntryRecord; readonly before: PriorAudience } | undefined;
}

/** What changed after a position, apart from events. */
export class LaterChanges {
  readonly items = new Map<string, LaterChange>();
  /** Agents whose permissions, or whose cards, were set. */
  readonly permissions = new Set<string>();
  readonly cards = new Set<string>();
  readonly #position: number;
  /** Entries that were added. */
  count = 0;

  constructor(position: number) {
    this.#position = position;
  }

  add(entry: EntryRecord): void {
    this.count++;
    const { change } = entry;
    if (change.type === "setPermissions") this.permissions.add(change.agent);
    else if (change.type === "announce") this.cards.add(change.agent);
    else if ("key" in change) this.#addItem(change.key, entry, beforeOf(entry));
    else if (change.type === "corrupt" && change.about !== null)
      this.#addItem(change.about, entry, undefined);
  }

  #addItem(key: string, entry: EntryRecord, before: PriorAudience | null | undefined): void {
    let change = this.items.get(key);
    if (change === undefined)
      this.items.set(key, (change = { first: withoutValue(entry), replaced: undefined }));
    // After a damaged entry, `before` may be of a later revision.
    if (change.replaced === undefined && before && before.revision <= this.#position)
      change.replaced = { entry: withoutValue(entry), before };
  }
}

/** Who saw the item before an entry; null if there was none, undefined if the entry does not say. */
export function beforeOf({ change }: EntryRecord): PriorAudience | null | undefined {
  return "before" in change ? change.before : undefined;
}

/** Many of them are kept. */
function withoutValue(entry: EntryRecord): EntryRecord {
  const { change } = entry;
  if (change.type !== "put") return entry;
  return { ...entry, change: { ...change, after: { ...change.after, value: null } } };
}
