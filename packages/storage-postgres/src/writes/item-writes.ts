import {
  encodeTask,
  type ItemEffect,
  itemEffect,
  type ItemRow,
  priorityOf,
  storedPriorities,
} from "@syntha/core/storage";
import type { Call } from "../connection/statement.ts";
import type { Value } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { toColumns } from "../tables/items.ts";
import { insertCalls, rowCalls } from "./row-batches.ts";

/** As many rows cost less one by one on Citus, which plans the insertion of many as a query about two tables. */
const FEW_ON_CITUS = 2;

interface ChangedItem {
  /** From the row that the database has to the row to write. */
  readonly effect: ItemEffect;
  /** The log's head, if the log has no entry for the change; otherwise null. */
  readonly unloggedAt: number | null;
}

type Columns = readonly Value[];

/** Items, with their audiences, queue entries and pending dependencies, that the database does not have yet. */
export class ItemWrites {
  readonly #tables: Tables;
  readonly #tenant: string;
  readonly #fewAudiences: number;
  readonly #changed = new Map<string, ChangedItem>();

  /** @param isDistributed whether Citus plans each statement */
  constructor(tables: Tables, tenant: string, isDistributed: boolean) {
    this.#tables = tables;
    this.#tenant = tenant;
    this.#fewAudiences = isDistributed ? FEW_ON_CITUS : 1;
  }

  get isEmpty(): boolean {
    return this.#changed.size === 0;
  }

  /** @param unloggedAt the log's head, if the log has no entry for the change; otherwise null */
  add(effect: ItemEffect, unloggedAt: number | null = null): void {
    const { key, after, isLeaseOnly } = effect;
    const known = this.#changed.get(key)?.effect;
    if (known === undefined) this.#changed.set(key, { effect, unloggedAt });
    else if (known.before === null && after === null) this.#changed.delete(key);
    else {
      const merged = itemEffect(known.before, after, known.isLeaseOnly && isLeaseOnly);
      this.#changed.set(key, { effect: merged, unloggedAt });
    }
  }

  take(): Call[] {
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    const effects = changed.map(({ effect }) => effect);
    return [
      ...this.#itemCalls(changed),
      ...this.#audienceCalls(effects),
      ...this.#queueCalls(effects),
      ...this.#dependencyCalls(effects),
    ];
  }

  #itemCalls(changed: readonly ChangedItem[]): Call[] {
    const { items } = this.#tables;
    const created: Columns[] = [];
    const updated: Columns[] = [];
    const leased: Columns[] = [];
    const deleted: Columns[] = [];
    for (const { effect, unloggedAt } of changed) {
      const { key, before, after, isLeaseOnly } = effect;
      if (after === null) deleted.push([key]);
      else if (before === null) created.push(toColumns(after));
      else if (isLeaseOnly) leased.push([...toLeaseColumns(after), unloggedAt]);
      else updated.push(toColumns(after));
    }
    return [
      ...rowCalls(items.delete, this.#tenant, deleted),
      ...insertCalls(items.insert, this.#tenant, created),
      ...insertCalls(items.update, this.#tenant, updated),
      ...rowCalls(items.updateLeases, this.#tenant, leased),
    ];
  }

  #audienceCalls(effects: readonly ItemEffect[]): Call[] {
    const { audiences } = this.#tables;
    const removed = effects.flatMap(({ key, leaves }) => leaves.map((bucket) => [bucket, key]));
    const added = effects.flatMap(({ key, enters }) => enters.map((bucket) => [bucket, key]));
    return [
      ...rowCalls(audiences.remove, this.#tenant, removed),
      ...insertCalls(audiences.add, this.#tenant, added, this.#fewAudiences),
    ];
  }

  #queueCalls(effects: readonly ItemEffect[]): Call[] {
    const { queue } = this.#tables;
    const removed = effects.flatMap(({ before, dequeues }) =>
      queueEntries(before, dequeues, storedPriorities),
    );
    const added = effects.flatMap(({ after, enqueues }) => queueEntries(after, enqueues));
    return [
      ...rowCalls(queue.remove, this.#tenant, removed),
      ...insertCalls(queue.add, this.#tenant, added),
    ];
  }

  #dependencyCalls(effects: readonly ItemEffect[]): Call[] {
    const { dependencies } = this.#tables;
    const removed = effects.flatMap(({ key, resolves }) => resolves.map((each) => [each, key]));
    const added = effects.flatMap(({ key, awaits }) => awaits.map((each) => [each, key]));
    return [
      ...rowCalls(dependencies.remove, this.#tenant, removed),
      ...insertCalls(dependencies.add, this.#tenant, added),
    ];
  }
}

function toLeaseColumns({ key, attempts, readyAt, lease, task }: ItemRow): Columns {
  return [
    key,
    attempts,
    readyAt,
    lease?.holder ?? null,
    lease?.position ?? null,
    lease?.leaseId ?? null,
    lease?.until ?? null,
    encodeTask(task),
  ];
}

function queueEntries(
  row: ItemRow | null,
  queues: readonly string[],
  priorities = (of: ItemRow): readonly number[] => [priorityOf(of)],
): Columns[] {
  if (row === null) return [];
  return queues.flatMap((queue) =>
    priorities(row).map((priority) => [queue, -priority, row.readyAt, row.order, row.key]),
  );
}
