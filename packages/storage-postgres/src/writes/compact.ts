import {
  type Aged,
  type Clock,
  type CompactRequest,
  type CompactResult,
  eventFingerprint,
  type EventRow,
  FULL_AFTER_MS,
  isEventPurgeable,
  isPurgeable,
  isPastLogRetention,
  type Step,
  planCompactionStep,
} from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import { type Call, call, type Statement } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import { TenantSnapshot } from "../reads/tenant-snapshot.ts";
import { toEvent } from "../tables/events.ts";
import type { Tables } from "../tables/index.ts";
import { type Tenant, toTenant } from "../tables/tenants.ts";
import { removeEventEdges } from "./event-writes.ts";
import { deleteInBatches } from "./batched-deletion.ts";

const NOTHING: CompactResult = { floor: 0, removed: 0, more: false };

/** One step of a compaction. Looks first, without a lock: mostly there is nothing to do. */
export async function compact(
  connections: Connections,
  tables: Tables,
  task: CompactRequest,
  clock: Clock | undefined,
): Promise<CompactResult> {
  const { tenantId: name } = task;
  const look = await connections.reading(name, async (transaction) => {
    const compaction = await Compaction.open(tables, { ...task, limit: 1 }, transaction, clock);
    return { floor: compaction.floor, due: await compaction.isDue() };
  });
  if (!look.due) return { floor: look.floor, removed: 0, more: false };
  return connections.writing(name, async (transaction) => {
    const [row] = (await transaction.one(call(tables.tenants.lock, name))).rows;
    // Dropped since it was looked at, and perhaps being loaded anew.
    if (row === undefined || toTenant(row).loading !== null) return NOTHING;
    const compaction = await Compaction.open(tables, task, transaction, clock);
    return compaction.step(transaction);
  });
}

class Compaction {
  readonly #tables: Tables;
  readonly #task: CompactRequest;
  readonly #view: TenantSnapshot;
  readonly #tenant: Tenant;

  static async open(
    tables: Tables,
    task: CompactRequest,
    transaction: Transaction,
    clock: Clock | undefined,
  ): Promise<Compaction> {
    const [view] = await TenantSnapshot.open(tables, task.tenantId, transaction, clock);
    return new Compaction(tables, task, view);
  }

  private constructor(tables: Tables, task: CompactRequest, view: TenantSnapshot) {
    this.#tables = tables;
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
      (await this.#nextPurge()) !== undefined ||
      (await this.#nextThinning()) !== undefined ||
      (await this.#purgeableEvents()).events.length > 0 ||
      (await this.#hasFullRates())
    );
  }

  async step(transaction: Transaction): Promise<CompactResult> {
    const tenant = this.#tenant;
    const before = tenant.floor;
    const remove = (statement: Statement, ...values: readonly number[]): Promise<number> =>
      deleteInBatches(transaction, statement, this.#task.tenantId, ...values);
    const all = await this.#nextPurge();
    if (all !== undefined) {
      if (all.to > tenant.floor) await this.#raiseFloor(all.to);
      tenant.historyFloor = all.to;
    }
    let lines = all === undefined ? 0 : await remove(this.#tables.log.removeUpTo, all.to);
    // What goes for good is not held for histories first.
    const thin = all?.more ? undefined : await this.#nextThinning();
    if (thin !== undefined) {
      const from = tenant.floor;
      await this.#raiseFloor(thin.to);
      lines += await remove(this.#tables.log.thin, from, thin.to);
    }
    tenant.logEntries -= lines;
    const { events, more } = await this.#purgeableEvents();
    tenant.events -= events.length;
    const last = events.at(-1);
    if (last !== undefined) {
      const { position, index } = last;
      tenant.removedEvent = { position, index, fingerprint: eventFingerprint(last) };
    }
    const tables = this.#tables;
    const { floor } = tenant;
    if (floor > before) await remove(tables.subscriptions.removePast, floor);
    await transaction.commit([
      ...this.#removals(events),
      call(
        this.#tables.rates.removeUnusedSince,
        this.#task.tenantId,
        this.#fullSince,
        this.#task.limit,
      ),
      this.#setFloors(),
    ]);
    return {
      floor,
      removed: lines + events.length,
      more: Boolean(all?.more || thin?.more || more),
    };
  }

  /** What was last taken of then is whole again. */
  get #fullSince(): number {
    return this.#view.snapshot.now - FULL_AFTER_MS;
  }

  async #hasFullRates(): Promise<boolean> {
    const { rates } = this.#tables;
    const { rows } = await this.#view.one(
      call(rates.findUnusedSince, this.#task.tenantId, this.#fullSince),
    );
    return rows.length > 0;
  }

  #nextPurge(): Promise<Step | undefined> {
    const { head, floor, historyFloor } = this.#tenant;
    const standing = { head, floor, now: this.#view.snapshot.now };
    return this.#next(historyFloor, (line) => isPurgeable(this.#task, standing, line));
  }

  #nextThinning(): Promise<Step | undefined> {
    const { head, floor } = this.#tenant;
    const standing = { head, now: this.#view.snapshot.now };
    return this.#next(floor, (line) => isPastLogRetention(this.#task, standing, line));
  }

  async #next(after: number, goes: (line: Aged) => boolean): Promise<Step | undefined> {
    const { limit, tenantId: tenant } = this.#task;
    const { rows } = await this.#view.one(call(this.#tables.log.ages, tenant, after, limit + 1));
    const lines = (rows as readonly (readonly [number, number])[]).map(([position, at]) => ({
      position,
      at,
    }));
    return planCompactionStep(lines, limit, goes);
  }

  async #purgeableEvents(): Promise<{ events: readonly EventRow[]; more: boolean }> {
    const { limit, tenantId: tenant } = this.#task;
    if (this.#task.events === undefined) return { events: [], more: false };
    const { rows } = await this.#view.one(call(this.#tables.events.oldest, tenant, limit + 1));
    const standing = { floor: this.#tenant.floor, now: this.#view.snapshot.now };
    const oldest = rows.map((row) => toEvent(row));
    const kept = oldest.findIndex(
      (event, at) => !isEventPurgeable(this.#task, standing, event, this.#tenant.events - at - 1),
    );
    const forgotten = kept < 0 ? oldest : oldest.slice(0, kept);
    return { events: forgotten.slice(0, limit), more: forgotten.length > limit };
  }

  async #raiseFloor(to: number): Promise<void> {
    const { rows } = await this.#view.one(call(this.#tables.log.commit, this.#task.tenantId, to));
    const tenant = this.#tenant;
    tenant.floor = to;
    tenant.floorEntries = rows[0]?.[0] as number;
    tenant.floorCommitId = (rows[0]?.[1] as number | null) ?? 0;
  }

  #removals(events: readonly EventRow[]): Call[] {
    const last = events.at(-1);
    if (last === undefined) return [];
    const { tenantId } = this.#task;
    return [
      call(this.#tables.events.removeUpTo, tenantId, last.position, last.index),
      ...removeEventEdges(this.#tables, tenantId, events),
    ];
  }

  #setFloors(): Call {
    const { floor, floorCommitId, floorEntries, historyFloor, removedEvent, events, logEntries } =
      this.#tenant;
    return call(
      this.#tables.tenants.setFloors,
      this.#task.tenantId,
      floor,
      floorCommitId,
      floorEntries,
      historyFloor,
      removedEvent?.position ?? null,
      removedEvent?.index ?? null,
      removedEvent?.fingerprint ?? null,
      events,
      logEntries,
    );
  }
}
