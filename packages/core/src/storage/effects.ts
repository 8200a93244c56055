import { bytesAdded, bytesOf, type Usage } from "../limit/usage.ts";
import type { Change } from "../log/change.ts";
import type { EventRow } from "../model/event-row.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { AgentCard } from "../model/agent-card.ts";
import type { Permissions } from "../model/permissions.ts";
import { CORRUPT_TASK, priorityOf } from "../model/task-row.ts";
import {
  type AudienceBucket,
  bucketsOf,
  isQueueBucket,
  type QueueBucket,
  queueBucketsOf,
} from "../route/audience-bucket.ts";
import { keepsRoute } from "../route/route.ts";

/** How the row of a key, its audience and its places in queues change. */
export interface ItemEffect {
  readonly key: string;
  /** The row as it is stored; null: create it. */
  readonly before: ItemRow | null;
  /** The row to store; null: delete it. */
  readonly after: ItemRow | null;
  /** Whether only lease, attempts, readiness and task differ. */
  readonly isLeaseOnly: boolean;
  /** The audience buckets to remove the key from, and those to add it to. */
  readonly leaves: readonly AudienceBucket[];
  readonly enters: readonly AudienceBucket[];
  /**
   * Queues that lose the place `(priority, readyAt, order)` of `before`, with any of its `storedPriorities`, and queues
   * that gain that of `after`.
   */
  readonly dequeues: readonly QueueBucket[];
  readonly enqueues: readonly QueueBucket[];
  /** Keys that are no longer among the pending dependencies, and keys that now are. */
  readonly resolves: readonly string[];
  readonly awaits: readonly string[];
}

export interface SubscriptionEffect {
  readonly agent: string;
  readonly topic: string;
  /** False: the subscription ends, and is kept as a past one. */
  readonly isSubscribed: boolean;
}

/** By how much the counters change; a topic or an agent may occur several times. */
export interface CountEffects {
  readonly items: number;
  readonly bytes: number;
  readonly globals: number;
  readonly events: number;
  readonly topics: readonly {
    readonly name: string;
    readonly items: number;
    readonly subscribers: number;
  }[];
  /** What agents own. */
  readonly usage: readonly ({ readonly agent: string } & Usage)[];
}

/** What the changes of a commit do to the tables of a storage, beside the log. */
export interface Effects {
  /** Each key once. */
  readonly items: readonly ItemEffect[];
  /** Keys whose log entries so far lose their values (R8): before this commit's entries are appended. */
  readonly expired: readonly string[];
  readonly events: readonly EventRow[];
  readonly subscriptions: readonly SubscriptionEffect[];
  readonly permissions: readonly {
    readonly agent: string;
    readonly permissions: Permissions | null;
  }[];
  readonly cards: readonly { readonly agent: string; readonly card: AgentCard }[];
  /** Topics that lose all subscriptions and events from before this commit. The counters do not include them. */
  readonly deletedTopics: readonly string[];
  readonly counts: CountEffects;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

// Most commits have one change, and this runs for each: an empty list is shared until something is added to it.
const NONE: readonly never[] = [];

function add<T>(list: readonly T[], element: T): readonly T[] {
  if (list === NONE) return [element];
  (list as T[]).push(element);
  return list;
}

function noCounts(): Draft<CountEffects> {
  return { items: 0, bytes: 0, globals: 0, events: 0, topics: NONE, usage: NONE };
}

/** The one interpretation of changes: a storage writes what it returns, and appends the changes to its log. */
export function effectsOf(changes: readonly Change[]): Effects {
  const counts = noCounts();
  const effects: Draft<Effects> = {
    items: NONE,
    expired: NONE,
    events: NONE,
    subscriptions: NONE,
    permissions: NONE,
    cards: NONE,
    deletedTopics: NONE,
    counts,
  };
  for (const change of changes) {
    switch (change.type) {
      case "put":
      case "lease":
        countRow(counts, change.before, change.after);
        addPut(effects, change.before, change.after, change.type === "lease");
        break;
      case "expire":
      case "delete":
        countRow(counts, change.before, null);
        effects.items = add(effects.items, itemEffect(change.before, null));
        if (change.type === "expire") effects.expired = add(effects.expired, change.before.key);
        break;
      case "event":
        counts.events++;
        effects.events = add(effects.events, change.event);
        break;
      case "subscribe":
      case "unsubscribe": {
        const { agent } = change;
        const isSubscribed = change.type === "subscribe";
        const subscribers = isSubscribed ? 1 : -1;
        for (const topic of change.topics) {
          counts.topics = add(counts.topics, { name: topic, items: 0, subscribers });
          effects.subscriptions = add(effects.subscriptions, { agent, topic, isSubscribed });
        }
        break;
      }
      case "setPermissions": {
        const { agent, permissions } = change;
        effects.permissions = add(effects.permissions, { agent, permissions });
        break;
      }
      case "announce": {
        const { agent, card } = change;
        effects.cards = add(effects.cards, { agent, card });
        break;
      }
      case "topicDeleted":
        effects.deletedTopics = add(effects.deletedTopics, change.topic);
        break;
    }
  }
  return effects;
}

/** The differences between two rows of a key; at least one is not null. */
export function itemEffect(
  before: ItemRow | null,
  after: ItemRow | null,
  isLeaseOnly = false,
): ItemEffect {
  const key = after === null ? (before as ItemRow).key : after.key;
  let leaves: readonly AudienceBucket[] = NONE;
  let enters: readonly AudienceBucket[] = NONE;
  let dequeues: readonly QueueBucket[] = NONE;
  let enqueues: readonly QueueBucket[] = NONE;
  let resolves: readonly string[] = NONE;
  let awaits: readonly string[] = NONE;
  const pending = pendingOf(before);
  const nowPending = pendingOf(after);
  if (pending !== nowPending) {
    resolves = without(pending, nowPending);
    awaits = without(nowPending, pending);
  }
  if (before === null || after === null) {
    if (before !== null) {
      leaves = bucketsOf(before);
      if (before.readyAt !== null) dequeues = leaves.filter(isQueueBucket);
    } else if (after !== null) {
      enters = bucketsOf(after);
      if (after.readyAt !== null) enqueues = enters.filter(isQueueBucket);
    }
  } else {
    if (!keepsAudience(before, after)) {
      const old = bucketsOf(before);
      const next = bucketsOf(after);
      leaves = without(old, next);
      enters = without(next, old);
    }
    if (!keepsPlace(before, after)) {
      dequeues = queuesOf(before);
      enqueues = queuesOf(after);
    } else if (!keepsRoute(before, after)) {
      dequeues = without(queuesOf(before), queuesOf(after));
      enqueues = without(queuesOf(after), queuesOf(before));
    }
  }
  return {
    key,
    before,
    after,
    isLeaseOnly,
    leaves,
    enters,
    dequeues,
    enqueues,
    resolves,
    awaits,
  };
}

/** By how much the counters change when a row is replaced. */
export function countsOf(before: ItemRow | null, after: ItemRow | null): CountEffects {
  const counts = noCounts();
  countRow(counts, before, after);
  return counts;
}

function addPut(
  effects: Draft<Effects>,
  before: ItemRow | null,
  after: ItemRow,
  isLeaseOnly: boolean,
): void {
  if (before === null && effects.expired.includes(after.key)) {
    // The same commit removed the expired item of this key: both become one replacement.
    effects.items = effects.items.map((each) =>
      each.key === after.key ? itemEffect(each.before, after) : each,
    );
  } else effects.items = add(effects.items, itemEffect(before, after, isLeaseOnly));
}

function countRow(
  counts: Draft<CountEffects>,
  before: ItemRow | null,
  after: ItemRow | null,
): void {
  const bytes = bytesAdded(before, after);
  counts.bytes += bytes;
  if (before !== null && after !== null && before.owner === after.owner) {
    if (bytes !== 0) countOwned(counts, after.owner, 0, bytes);
  } else {
    if (before !== null)
      countOwned(counts, before.owner, -1, after === null ? bytes : -bytesOf(before));
    if (after !== null)
      countOwned(counts, after.owner, 1, before === null ? bytes : bytesOf(after));
  }
  if (before !== null && after !== null && keepsRoute(before, after)) return;
  if (before !== null) countRoute(counts, before, -1);
  if (after !== null) countRoute(counts, after, 1);
}

function countOwned(
  counts: Draft<CountEffects>,
  agent: string | null,
  items: number,
  bytes: number,
): void {
  if (agent !== null) counts.usage = add(counts.usage, { agent, items, bytes });
}

function countRoute(counts: Draft<CountEffects>, row: ItemRow, by: 1 | -1): void {
  counts.items += by;
  if (row.global) counts.globals += by;
  for (const name of row.topics)
    counts.topics = add(counts.topics, { name, items: by, subscribers: 0 });
}

/** Whether a row keeps its place in the queues that it stays in. */
function keepsPlace(before: ItemRow, after: ItemRow): boolean {
  return (
    before.readyAt === after.readyAt &&
    before.order === after.order &&
    priorityOf(before) === priorityOf(after) &&
    before.task !== CORRUPT_TASK
  );
}

function keepsAudience(before: ItemRow, after: ItemRow): boolean {
  return keepsRoute(before, after) && before.owner === after.owner;
}

function queuesOf(row: ItemRow): readonly QueueBucket[] {
  return row.readyAt === null ? NONE : queueBucketsOf(row);
}

function pendingOf(row: ItemRow | null): readonly string[] {
  return row === null || row.task === null ? NONE : row.task.pending;
}

function without<T>(list: readonly T[], others: readonly T[]): readonly T[] {
  return list.filter((each) => !others.includes(each));
}
