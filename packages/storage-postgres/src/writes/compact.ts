import {
  type Aged,
  type Clock,
  type CompactTask,
  eventFingerprint,
  type EventRow,
  FULL_AFTER_MS,
  isEventPurgeable,
  isPurgeable,
  isPastLogRetention,
  type MaintenanceResult,
  type Step,
  planCompactionStep,
} from "@syntha/core/storage";
import type { Connections } from "../connections/connections.ts";
import { type Call, call, type Statement } from "../connections/statement.ts";
import type { Transaction } from "../connections/transaction.ts";
import { View } from "../reads/view.ts";
import { toEvent } from "../tables/event.ts";
import type { Sql } from "../tables/index.ts";
import { type Tenant, toTenant } from "../tables/tenant.ts";
import { removeEventEdges } from "./event-writes.ts";
import { removeInParts } from "./removal-in-parts.ts";

type Compacted = MaintenanceResult<CompactTask>;

const NOTHING: Compacted = { floor: 0, removed: 0, more: false };

/** One step of a compaction. Looks first, without a lock: mostly there is nothing to do. */
export async function compact(
  connections: Connections,
  sql: Sql,
  task: CompactTask,
  clock: Clock | undefined,
): Promise<Compacted> {
  const { tenant: name } = task;
  const look = await connections.reading(name, async (transaction) => {
    const compaction = await Compaction.open(sql, { ...task, limit: 1 }, transaction, clock);
    return { floor: compaction.floor, due: await compaction.isDue() };
  });
  if (!look.due) return { floor: look.floor, removed: 0, more: false };
  return connections.writing(name, async (transaction) => {
    const [row] = (await transaction.one(call(sql.tenant.lock, name))).rows;
    // Dropped since it was looked at, and perhaps being loaded anew.
    if (row === undefined || toTenant(row).loading !== null) return NOTHING;
    const compaction = await Compaction.open(sql, task, transaction, clock);
    return compaction.step(transaction);
  });
}

class Compaction {
  readonly #sql: Sql;
  readonly #task: CompactTask;
  readonly #view: View;
  readonly #tenant: Tenant;

  static async open(
    sql: Sql,
    task: CompactTask,
    transaction: Transaction,
    clock: Clock | undefined,
  ): Promise<Compaction> {
    const [view] = await View.open(sql, task.tenant, transaction, clock);
    return new Compaction(sql, task, view);
  }

  private constructor(sql: Sql, task: CompactTask, view: View) {
    this.#sql = sql;
    this.#task = task;
    this.#view = view;
    this.#tenant = view.tenant;
  }

  get floor(): number {
    return this.#tenant.floor;
  }

  /** Whether a step would remove anything. */
  async isDue(): Promise<boolean> {
    return (
      (await this.#nextForgotten()) !== undefined ||
      (await this.#nextThinned()) !== undefined ||
      (await this.#forgottenEvents()).events.length > 0 ||
      (await this.#hasStaleAllowances())
    );
  }

  async step(transaction: Transaction): Promise<Compacted> {
    const tenant = this.#tenant;
    const before = tenant.floor;
    const remove = (statement: Statement, ...values: readonly number[]): Promise<number> =>
      removeInParts(transaction, statement, this.#task.tenant, ...values);
    const all = await this.#nextForgotten();
    if (all !== undefined) {
      if (all.to > tenant.floor) await this.#raiseFloor(all.to);
      tenant.historyFloor = all.to;
    }
    let lines = all === undefined ? 0 : await remove(this.#sql.log.removeTo, all.to);
    // What goes for good is not held for histories first.
    const thin = all?.more ? undefined : await this.#nextThinned();
    if (thin !== undefined) {
      const from = tenant.floor;
      await this.#raiseFloor(thin.to);
      lines += await remove(this.#sql.log.thin, from, thin.to);
    }
    tenant.lines -= lines;
    const { events, more } = await this.#forgottenEvents();
    tenant.events -= events.length;
    const last = events.at(-1);
    if (last !== undefined) {
      const { position, index } = last;
      tenant.removedEvent = { position, index, fingerprint: eventFingerprint(last) };
    }
    const { tie } = this.#sql;
    const { floor } = tenant;
    if (floor > before) await remove(tie.forget, floor);
    await transaction.commit([
      ...this.#removals(events),
      call(this.#sql.usage.forgetAllowances, this.#task.tenant, this.#stale, this.#task.limit),
      this.#setFloors(),
    ]);
    return {
      floor,
      removed: lines + events.length,
      more: Boolean(all?.more || thin?.more || more),
    };
  }

  /** What was last taken of then is whole again. */
  get #stale(): number {
    return this.#view.snapshot.now - FULL_AFTER_MS;
  }

  async #hasStaleAllowances(): Promise<boolean> {
    const { usage } = this.#sql;
    const { rows } = await this.#view.one(
      call(usage.staleAllowance, this.#task.tenant, this.#stale),
    );
    return rows.length > 0;
  }

  #nextForgotten(): Promise<Step | undefined> {
    const { head, floor, historyFloor } = this.#tenant;
    const standing = { head, floor, now: this.#view.snapshot.now };
    return this.#next(historyFloor, (line) => isPurgeable(this.#task, standing, line));
  }

  #nextThinned(): Promise<Step | undefined> {
    const { head, floor } = this.#tenant;
    const standing = { head, now: this.#view.snapshot.now };
    return this.#next(floor, (line) => isPastLogRetention(this.#task, standing, line));
  }

  async #next(after: number, goes: (line: Aged) => boolean): Promise<Step | undefined> {
    const { limit, tenant } = this.#task;
    const { rows } = await this.#view.one(call(this.#sql.log.ages, tenant, after, limit + 1));
    const lines = (rows as readonly (readonly [number, number])[]).map(([position, at]) => ({
      position,
      at,
    }));
    return planCompactionStep(lines, limit, goes);
  }

  async #forgottenEvents(): Promise<{ events: readonly EventRow[]; more: boolean }> {
    const { limit, tenant } = this.#task;
    if (this.#task.events === undefined) return { events: [], more: false };
    const { rows } = await this.#view.one(call(this.#sql.event.oldest, tenant, limit + 1));
    const standing = { floor: this.#tenant.floor, now: this.#view.snapshot.now };
    const oldest = rows.map((row) => toEvent(row));
    const kept = oldest.findIndex(
      (event, at) => !isEventPurgeable(this.#task, standing, event, this.#tenant.events - at - 1),
    );
    const forgotten = kept < 0 ? oldest : oldest.slice(0, kept);
    return { events: forgotten.slice(0, limit), more: forgotten.length > limit };
  }

  async #raiseFloor(to: number): Promise<void> {
    const { rows } = await this.#view.one(call(this.#sql.log.commit, this.#task.tenant, to));
    const tenant = this.#tenant;
    tenant.floor = to;
    tenant.floorEntries = rows[0]?.[0] as number;
    tenant.floorCommitId = (rows[0]?.[1] as number | null) ?? 0;
  }

  #removals(events: readonly EventRow[]): Call[] {
    const last = events.at(-1);
    if (last === undefined) return [];
    const { tenant } = this.#task;
    return [
      call(this.#sql.event.removeTo, tenant, last.position, last.index),
      ...removeEventEdges(this.#sql, tenant, events),
    ];
  }

  #setFloors(): Call {
    const { floor, floorCommitId, floorEntries, historyFloor, removedEvent, events, lines } =
      this.#tenant;
    return call(
      this.#sql.tenant.setFloors,
      this.#task.tenant,
      floor,
      floorCommitId,
      floorEntries,
      historyFloor,
      removedEvent?.position ?? null,
      removedEvent?.index ?? null,
      removedEvent?.fingerprint ?? null,
      events,
      lines,
    );
  }
}
