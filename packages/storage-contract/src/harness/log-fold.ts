import type { ItemRow, LogEntry } from "@syntha/core/storage";

/** What the log records of an item: not its attempts, and not when it is ready or its lease ends. */
type LoggedItem = Omit<ItemRow, "value" | "lease" | "attempts" | "readyAt"> & {
  readonly value: string | null;
};

/** The state that a log folds to. */
export interface FoldedLog {
  readonly items: ReadonlyMap<string, LoggedItem>;
  /** Holder by key. The log does not have the end of a lease, because extensions are not logged. */
  readonly leases: ReadonlyMap<string, string | null>;
  /** Topics by agent. */
  readonly subscriptions: ReadonlyMap<string, ReadonlySet<string>>;
  readonly permissions: ReadonlyMap<string, unknown>;
  /** Event ids. */
  readonly events: readonly string[];
}

export function loggedItem(row: Omit<ItemRow, "value"> & { value: string | null }): LoggedItem {
  const { lease: _lease, attempts: _attempts, readyAt: _readyAt, ...item } = row;
  return item;
}

export function foldLog(entries: readonly LogEntry[]): FoldedLog {
  const items = new Map<string, LoggedItem>();
  const leases = new Map<string, string | null>();
  const subscriptions = new Map<string, Set<string>>();
  const permissions = new Map<string, unknown>();
  const events: string[] = [];
  for (const { change, event } of entries) {
    switch (change.type) {
      case "put":
        items.set(change.key, loggedItem(change.after));
        leases.delete(change.key);
        break;
      case "delete":
      case "expire":
        items.delete(change.key);
        leases.delete(change.key);
        break;
      case "lease":
        if (change.until === null) leases.delete(change.key);
        else leases.set(change.key, change.holder);
        break;
      case "event":
        if (event !== null) events.push(event.id);
        break;
      case "subscribe":
      case "unsubscribe": {
        const topics = subscriptions.get(change.agent) ?? new Set<string>();
        for (const topic of change.topics)
          topics[change.type === "subscribe" ? "add" : "delete"](topic);
        subscriptions.set(change.agent, topics);
        break;
      }
      case "setPermissions":
        if (change.permissions === null) permissions.delete(change.agent);
        else permissions.set(change.agent, change.permissions);
        break;
      case "topicDeleted":
        for (const topics of subscriptions.values()) topics.delete(change.topic);
        break;
      case "corrupt":
        throw new Error(`A damaged entry of ${change.about ?? "no item"}.`);
    }
  }
  return { items, leases, subscriptions, permissions, events };
}
