import type { ItemRow, LogEntry, TaskRow } from "@syntha/core/storage";

/** What the log records of an item: not its attempts, and not when it is ready or its lease ends. */
export type LoggedItem = Omit<ItemRow, "value" | "lease" | "attempts" | "readyAt" | "task"> & {
  readonly value: string | null;
  readonly task: Pick<TaskRow, "priority" | "notBefore" | "dependsOn">;
};

export function loggedItem(row: Omit<ItemRow, "value"> & { value: string | null }): LoggedItem {
  const { lease: _lease, attempts: _attempts, readyAt: _readyAt, task, ...item } = row;
  const { priority = 0, notBefore = null, dependsOn = [] } = task ?? {};
  return { ...item, task: { priority, notBefore, dependsOn } };
}

/** The state that a log folds to, entry by entry. */
export class LogFold {
  readonly items = new Map<string, LoggedItem>();
  /** Holder by key. The log does not have the end of a lease, because extensions are not logged. */
  readonly leases = new Map<string, string | null>();
  /** Topics by agent. */
  readonly subscriptions = new Map<string, Set<string>>();
  readonly permissions = new Map<string, unknown>();
  /** Event ids. */
  readonly events: string[] = [];

  add({ change, event }: LogEntry): void {
    switch (change.type) {
      case "put":
        this.items.set(change.key, loggedItem(change.after));
        this.leases.delete(change.key);
        break;
      case "delete":
      case "expire":
        this.items.delete(change.key);
        this.leases.delete(change.key);
        break;
      case "lease":
        if (change.until === null) this.leases.delete(change.key);
        else this.leases.set(change.key, change.holder);
        break;
      case "event":
        if (event !== null) this.events.push(event.id);
        break;
      case "subscribe":
      case "unsubscribe": {
        const topics = this.subscriptions.get(change.agent) ?? new Set<string>();
        for (const topic of change.topics)
          topics[change.type === "subscribe" ? "add" : "delete"](topic);
        this.subscriptions.set(change.agent, topics);
        break;
      }
      case "setPermissions":
        if (change.permissions === null) this.permissions.delete(change.agent);
        else this.permissions.set(change.agent, change.permissions);
        break;
      case "announce":
        break;
      case "topicDeleted":
        for (const topics of this.subscriptions.values()) topics.delete(change.topic);
        break;
      case "corrupt":
        throw new Error(`A damaged entry of ${change.about ?? "no item"}.`);
    }
  }
}

export function foldLog(entries: readonly LogEntry[]): LogFold {
  const fold = new LogFold();
  for (const entry of entries) fold.add(entry);
  return fold;
}
