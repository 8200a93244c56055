import {
  type EntryAge,
  type Clock,
  type CompactRequest,
  type CompactResult,
  eventFingerprint,
  type EventRow,
  FULL_AFTER_MS,
  isEventPurgeable,
  isPastLogRetention,
  isPurgeable,
  planCompactionStep,
  type CompactionStep,
} from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import { type Call, call, type Statement } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import { TenantView } from "../reads/tenant-view.ts";
import { toEvent } from "../tables/events.ts";
import type { Tables } from "../tables/index.ts";
import { type Tenant, toTenant } from "../tables/tenants.ts";
import { deleteInBatches } from "./batched-deletion.ts";
import { removeEventAudiences } from "./event-writes.ts";

const NOTHING: CompactResult = { floor: 0, removed: 0, more: false };

/** One step of a compaction. Checks without a lock whether there is anything to do; usually there is not. */
export async function compact(
  connections: Connections,
  tables: Tables,
  request: CompactRequest,
  clock: Clock | undefined,
): Promise<CompactResult> {
  const { tenantId: name } = request;
  const check = await connections.reading(name, async (transaction) => {
    const compaction = await Compaction.open(tables, { ...request, limit: 1 }, transaction, clock);
    return { floor: compaction.floor, due: await compaction.isDue() };
  });
  if (!check.due) return { floor: check.floor, removed: 0, more: false };
  return connections.writing(name, async (transaction) => {
    const [row] = (await transaction.one(call(tables.tenants.lock, name))).rows;
    // Dropped since the check, and perhaps being loaded.
    if (row === undefined || toTenant(row).loading !== null) return NOTHING;
    const compaction = await Compaction.open(tables, request, transaction, clock);
    return compaction.step(transaction);
  });
}

class Compaction {
  readonly #tables: Tables;
  readonly #request: CompactRequest;
  readonly #view: TenantView;
  readonly #tenant: Tenant;

  static async open(
    tables: Tables,
    request: CompactRequest,
    transaction: Transaction,
    clock: Clock | undefined,
  ): Promise<Compaction> {
    const [view] = await TenantView.open(tables, request.tenantId, transaction, clock);
    return new Compaction(tables, request, view);
  }

  private constructor(tables: Tables, request: CompactRequest, view: TenantView) {
    this.#tables = tables;
    this.#request = request;
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
      deleteInBatches(transaction, statement, this.#request.tenantId, ...values);
    const purge = await this.#nextPurge();
    if (purge !== undefined) {
      if (purge.to > tenant.floor) await this.#raiseFloor(purge.to);
      tenant.historyFloor = purge.to;
    }
    let removed = purge === undefined ? 0 : await remove(this.#tables.log.removeUpTo, purge.to);
    // Entries that will be purged are not thinned first.
    const thinning = purge?.more ? undefined : await this.#nextThinning();
    if (thinning !== undefined) {
      const from = tenant.floor;
      await this.#raiseFloor(thinning.to);
      removed += await remove(this.#tables.log.thin, from, thinning.to);
    }
    tenant.logEntries -= removed;
    const { events, more } = await this.#purgeableEvents();
    tenant.events -= events.length;
    const last = events.at(-1);
    if (last !== undefined) {
      const { position, index } = last;
      tenant.removedEvent = { position, index, fingerprint: eventFingerprint(last) };
    }
    const { floor } = tenant;
    if (floor > before) await remove(this.#tables.subscriptions.removePast, floor);
    await transaction.commit([
      ...this.#removals(events),
      call(
        this.#tables.rates.removeUnusedSince,
        this.#request.tenantId,
        this.#fullSince,
        this.#request.limit,
      ),
      this.#setFloors(),
    ]);
    return {
      floor,
      removed: removed + events.length,
      more: Boolean(purge?.more || thinning?.more || more),
    };
  }

  /** A rate that was last used at this time or before is full again. */
  get #fullSince(): number {
    return this.#view.snapshot.now - FULL_AFTER_MS;
  }

  async #hasFullRates(): Promise<boolean> {
    const { rates } = this.#tables;
    const { rows } = await this.#view.one(
      call(rates.findUnusedSince, this.#request.tenantId, this.#fullSince),
    );
    return rows.length > 0;
  }

  #nextPurge(): Promise<CompactionStep | undefined> {
    const { head, floor, historyFloor } = this.#tenant;
    const state = { head, floor, now: this.#view.snapshot.now };
    return this.#next(historyFloor, (entry) => isPurgeable(this.#request, state, entry));
  }

  #nextThinning(): Promise<CompactionStep | undefined> {
    const { head, floor } = this.#tenant;
    const state = { head, now: this.#view.snapshot.now };
    return this.#next(floor, (entry) => isPastLogRetention(this.#request, state, entry));
  }

  async #next(
    after: number,
    isDue: (entry: EntryAge) => boolean,
  ): Promise<CompactionStep | undefined> {
    const { limit, tenantId: tenant } = this.#request;
    const { rows } = await this.#view.one(call(this.#tables.log.ages, tenant, after, limit + 1));
    const entries = (rows as readonly (readonly [number, number])[]).map(([position, at]) => ({
      position,
      at,
    }));
    return planCompactionStep(entries, limit, isDue);
  }

  async #purgeableEvents(): Promise<{ events: readonly EventRow[]; more: boolean }> {
    const { limit, tenantId: tenant } = this.#request;
    if (this.#request.events === undefined) return { events: [], more: false };
    const { rows } = await this.#view.one(call(this.#tables.events.oldest, tenant, limit + 1));
    const state = { floor: this.#tenant.floor, now: this.#view.snapshot.now };
    const oldest = rows.map((row) => toEvent(row));
    const kept = oldest.findIndex(
      (event, at) => !isEventPurgeable(this.#request, state, event, this.#tenant.events - at - 1),
    );
    const purgeable = kept < 0 ? oldest : oldest.slice(0, kept);
    return { events: purgeable.slice(0, limit), more: purgeable.length > limit };
  }

  async #raiseFloor(to: number): Promise<void> {
    const { rows } = await this.#view.one(
      call(this.#tables.log.commit, this.#request.tenantId, to),
    );
    const tenant = this.#tenant;
    tenant.floor = to;
    tenant.floorEntries = rows[0]?.[0] as number;
    tenant.floorCommitId = (rows[0]?.[1] as number | null) ?? 0;
  }

  #removals(events: readonly EventRow[]): Call[] {
    const last = events.at(-1);
    if (last === undefined) return [];
    const { tenantId } = this.#request;
    return [
      call(this.#tables.events.removeUpTo, tenantId, last.position, last.index),
      ...removeEventAudiences(this.#tables, tenantId, events),
    ];
  }

  #setFloors(): Call {
    const { floor, floorCommitId, floorEntries, historyFloor, removedEvent, events, logEntries } =
      this.#tenant;
    return call(
      this.#tables.tenants.setFloors,
      this.#request.tenantId,
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
