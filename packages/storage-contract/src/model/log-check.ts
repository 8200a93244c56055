import type { Storage } from "@syntha/core";
import type { LogEntry } from "@syntha/core/storage";
import { assertSame } from "../harness/assert-same.ts";
import { isExpired, timeOf } from "./visibility.ts";
import type { ModelTenant } from "./state.ts";

/** R12: the raw log is gapless, has one header per commit, and folds to the current state. */
export async function checkLog(
  storage: Storage,
  tenant: string,
  model: ModelTenant,
  clock: number,
): Promise<void> {
  const entries = await rawLog(storage, tenant);
  const positions = [...new Set(entries.map(({ position }) => position))];
  const due = model.commits.map(({ position }) => position).filter((at) => at > model.floor);
  assertSame("positions of the log", positions, due);
  for (const position of positions) {
    const here = entries.filter((entry) => entry.position === position);
    const indexes = here.map(({ index }) => index);
    assertSame(`indexes within commit ${position}`, indexes, [...here.keys()]);
    const whole = here.map(({ commitId, at, actor }) => JSON.stringify([commitId, at, actor]));
    assertSame(`marks, times and authors of commit ${position}`, new Set(whole).size, 1);
    const { at, actor } = model.commits[position - 1] as (typeof model.commits)[number];
    assertSame(`time and author of commit ${position}`, [here[0]?.at, here[0]?.actor], [at, actor]);
  }
  if (model.floor === 0) assertSame("the log, folded", folded(entries), held(model, clock));
}

async function rawLog(storage: Storage, tenant: string): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let after: Parameters<Storage["log"]>[1]["after"] = "start"; ;) {
    const page = await storage.log(tenant, { after, limit: 3 });
    entries.push(...page.entries);
    if (page.isHead) return entries;
    after = page.end;
  }
}

interface Folded {
  items: Record<string, unknown[]>;
  /** Holder by key. The log does not have the end of a lease, because extensions are not logged. */
  leases: Record<string, string | null>;
  subscriptions: string[];
  permissions: Record<string, unknown>;
  events: string[];
}

function folded(entries: readonly LogEntry[]): Folded {
  const state: Folded = { items: {}, leases: {}, subscriptions: [], permissions: {}, events: [] };
  const items = new Map<string, unknown[]>();
  const leases = new Map<string, string | null>();
  const subscriptions = new Set<string>();
  const permissions = new Map<string, unknown>();
  for (const { change } of entries) {
    switch (change.type) {
      case "put": {
        const { key, value, topics, subscribers, global, owner, author } = change.after;
        const { revision, state, createdAt, updatedAt, expiresAt } = change.after;
        items.set(key, [
          value,
          topics,
          subscribers,
          global,
          owner,
          author,
          revision,
          state,
          createdAt,
          updatedAt,
          expiresAt,
        ]);
        leases.delete(key);
        break;
      }
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
        if (change.event) state.events.push(change.event.id);
        break;
      case "subscribe":
        for (const topic of change.topics) subscriptions.add(`${change.agent} ${topic}`);
        break;
      case "unsubscribe":
        for (const topic of change.topics) subscriptions.delete(`${change.agent} ${topic}`);
        break;
      case "setPermissions":
        if (change.permissions) permissions.set(change.agent, change.permissions);
        else permissions.delete(change.agent);
        break;
      case "topicDeleted":
        for (const each of subscriptions)
          if (each.endsWith(` ${change.topic}`)) subscriptions.delete(each);
        break;
      case "corrupt":
        throw new Error(`A damaged entry of ${change.about ?? "no item"}.`);
    }
  }
  state.items = Object.fromEntries(items);
  state.leases = Object.fromEntries(leases);
  state.permissions = Object.fromEntries(permissions);
  state.subscriptions = [...subscriptions].sort();
  return state;
}

function held(model: ModelTenant, clock: number): Folded {
  const now = timeOf(model, clock);
  return {
    items: Object.fromEntries(
      model.items.map((item) => [
        item.key,
        [
          isExpired(item, now) ? null : item.value,
          item.topics,
          item.subscribers,
          item.global,
          item.owner,
          item.author,
          item.revision,
          item.state,
          item.createdAt,
          item.updatedAt,
          item.expiresAt,
        ],
      ]),
    ),
    leases: Object.fromEntries(
      model.items.flatMap(({ key, lease }): [string, string | null][] =>
        lease ? [[key, lease.holder]] : [],
      ),
    ),
    subscriptions: model.subscriptions.map(({ agent, topic }) => `${agent} ${topic}`).sort(),
    permissions: Object.fromEntries(
      model.permissions.map(({ agent, allowed }) => [agent, allowed]),
    ),
    events: model.events.map(({ id }) => id),
  };
}
