import type { Storage } from "@syntha/core";
import { assertSame, foldLog, readLog } from "../harness/index.ts";
import type { ModelTenant } from "./state.ts";
import { isExpired, timeOf } from "./visibility.ts";

/** Small, so that the log has several pages. */
const PAGE = 3;

/** R12: the raw log is gapless, has one header per commit, and folds to the current state. */
export async function checkLog(
  storage: Storage,
  tenant: string,
  model: ModelTenant,
  clock: number,
): Promise<void> {
  const entries = await readLog(storage, tenant, undefined, PAGE);
  const positions = [...new Set(entries.map(({ position }) => position))];
  const expected = model.commits.map(({ position }) => position).filter((at) => at > model.floor);
  assertSame("positions of the log", positions, expected);
  for (const position of positions) {
    const commit = entries.filter((entry) => entry.position === position);
    const indexes = commit.map(({ index }) => index);
    assertSame(`indexes of commit ${position}`, indexes, [...commit.keys()]);
    const headers = commit.map(({ commitId, at, actor }) => JSON.stringify([commitId, at, actor]));
    assertSame(`headers of commit ${position}`, new Set(headers).size, 1);
    const { at, actor } = model.commits[position - 1] as (typeof model.commits)[number];
    const [first] = commit;
    assertSame(`time and actor of commit ${position}`, [first?.at, first?.actor], [at, actor]);
  }
  if (model.floor > 0) return;
  const { items, leases, subscriptions, permissions, events } = foldLog(entries);
  const pairs = [...subscriptions].flatMap(([agent, topics]) =>
    [...topics].map((topic) => `${agent} ${topic}`),
  );
  const folded = {
    // The model numbers the queue in its own way.
    items: Object.fromEntries([...items].map(([key, item]) => [key, { ...item, order: 0 }])),
    leases: Object.fromEntries(leases),
    subscriptions: pairs.sort(),
    permissions: Object.fromEntries(permissions),
    events,
  };
  assertSame("the folded log", folded, loggedState(model, clock));
}

function loggedState(model: ModelTenant, clock: number): unknown {
  const now = timeOf(model, clock);
  const items = model.items.map((item) => {
    const {
      attempts: _attempts,
      readyAt: _readyAt,
      queueNumber: _number,
      lease: _,
      priority,
      notBefore,
      dependsOn,
      pending: _pending,
      lastFailure: _failure,
      ...rest
    } = item;
    const value = isExpired(item, now) ? null : item.value;
    const task = { priority, notBefore, dependsOn };
    return [item.key, { ...rest, value, order: 0, task }];
  });
  const leases = model.items.flatMap(({ key, lease }) => (lease ? [[key, lease.holder]] : []));
  return {
    items: Object.fromEntries(items) as unknown,
    leases: Object.fromEntries(leases) as unknown,
    subscriptions: model.subscriptions.map(({ agent, topic }) => `${agent} ${topic}`).sort(),
    permissions: Object.fromEntries(
      model.permissions.map(({ agent, allowed }) => [agent, allowed]),
    ),
    events: model.events.map(({ id }) => id),
  };
}
