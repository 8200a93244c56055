import type { PriorAudience, StoredEntry } from "../log/change.ts";

/** What the entries after a position say about the item that a key held at it. There are many: each keeps little. */
export interface LaterChange {
  /** Whether there was no item. */
  readonly isNew: boolean;
  /** Whether the first entry is a claim or a release. */
  readonly isLease: boolean;
  /** By the first entry, if it releases or completes a lease. */
  readonly leaseEnd: LeaseEnd | undefined;
  /** By the first entry that has the item's revision and audience; undefined if there is none. */
  replaced: ReplacedItem | undefined;
}

export interface LeaseEnd {
  readonly at: number;
  readonly actor: string | null;
  /** Whether it completes the item; otherwise it releases it. */
  readonly isCompletion: boolean;
}

export interface ReplacedItem {
  readonly before: PriorAudience;
  /** When it was created, and its place in queues, if another item replaced it. */
  readonly createdAt: number | undefined;
  readonly order: number | undefined;
}

/** What changed after a position, apart from events. */
export class LaterChanges {
  readonly items = new Map<string, LaterChange>();
  /** Agents whose permissions, or whose cards, were set. */
  readonly permissions = new Set<string>();
  readonly cards = new Set<string>();
  /** Agents that acted, or that a change is about, in the millisecond of the position. */
  readonly agentsAtOnce = new Set<string>();
  readonly #position: number;
  readonly #time: number;
  /** Entries that were added. */
  count = 0;

  /** @param time of the position */
  constructor(position: number, time: number) {
    this.#position = position;
    this.#time = time;
  }

  add(entry: StoredEntry): void {
    this.count++;
    if (entry.at === this.#time) for (const name of agentsOf(entry)) this.agentsAtOnce.add(name);
    const { change } = entry;
    if (change.type === "setPermissions") this.permissions.add(change.agent);
    else if (change.type === "announce") this.cards.add(change.agent);
    else if ("key" in change) this.#addItem(change.key, entry, beforeOf(entry));
    else if (change.type === "corrupt" && change.about !== null)
      this.#addItem(change.about, entry, undefined);
  }

  #addItem(key: string, entry: StoredEntry, before: PriorAudience | null | undefined): void {
    let change = this.items.get(key);
    if (change === undefined) {
      change = {
        isNew: before === null,
        isLease: entry.change.type === "lease",
        leaseEnd: leaseEndOf(entry),
        replaced: undefined,
      };
      this.items.set(key, change);
    }
    // After a damaged entry, `before` may be of a later revision.
    if (change.isNew || change.replaced !== undefined || !before) return;
    if (before.revision > this.#position) return;
    const put = entry.change.type === "put" ? entry.change.after : undefined;
    change.replaced = { before, createdAt: put?.createdAt, order: put?.order };
  }
}

/** The agents that an entry makes known, if they were not (R19). */
export function agentsOf({ actor, change }: StoredEntry): readonly string[] {
  const agents = actor === null ? [] : [actor];
  return "agent" in change ? [...agents, change.agent] : agents;
}

/** Who saw the item before an entry; null if there was none, undefined if the entry does not say. */
function beforeOf({ change }: StoredEntry): PriorAudience | null | undefined {
  return "before" in change ? change.before : undefined;
}

function leaseEndOf({ change, position, at, actor }: StoredEntry): LeaseEnd | undefined {
  if (change.type === "lease")
    return change.until === null ? { at, actor, isCompletion: false } : undefined;
  if (change.type !== "put") return undefined;
  const { state, revision, author, updatedAt } = change.after;
  const isCompletion =
    state === "done" && revision === position && author === actor && updatedAt === at;
  return isCompletion ? { at, actor, isCompletion } : undefined;
}
