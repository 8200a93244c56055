import type { StoredEntry } from "../log/change.ts";
import type { TenantState } from "../memory/tenant-state.ts";
import { isExpired, type ItemRow, MISSING_VALUE } from "../model/item-row.ts";
import { CompactRows } from "./compact-rows.ts";
import { type LaterChange, LaterChanges } from "./later-changes.ts";
import { keyOf } from "./past-entries.ts";
import type { PastReader } from "./past-reader.ts";
import { type PastRows, withLease } from "./past-row.ts";

/** Items that are looked up at the same time. */
const AT_ONCE = 32;
const LATER_PAGE = 8;

/**
 * Fills in the items that a tenant had, from its items of now that were not written since, and by folding its log from the
 * start up to the position. The log after the position is read for single keys only.
 */
export class PastFold {
  readonly #reader: PastReader;
  readonly #state: TenantState;
  readonly #rows: PastRows;
  /** The tenant's time now. */
  readonly #now: number;
  readonly #compact = new CompactRows();
  /** Keys whose row of now was written up to the position; the log has nothing to add but leases. */
  readonly #settled = new Set<string>();
  /** Keys of other items that have expired since. */
  readonly #expired = new Set<string>();
  /** Keys of settled rows that may have been claimed or released since. */
  readonly #unsure = new Set<string>();
  /** Keys of folded rows with a lease, or with dependencies. */
  readonly #unfinished = new Set<string>();
  /** Keys whose last entry is damaged. */
  readonly #damaged = new Set<string>();
  /** Entries that were folded. */
  count = 0;

  constructor(reader: PastReader, state: TenantState, rows: PastRows, now: number) {
    this.#reader = reader;
    this.#state = state;
    this.#rows = rows;
    this.#now = now;
  }

  /** Takes an item of now. */
  addCurrent(row: ItemRow): void | Promise<void> {
    const { key } = row;
    if (row.revision > this.#reader.position) {
      if (isExpired(row, this.#now)) this.#expired.add(key);
      return undefined;
    }
    this.#settled.add(key);
    if (row.lease !== null || (row.attempts > 0 && row.state !== "done")) this.#unsure.add(key);
    const found = this.#rows.unchanged(row);
    if (found instanceof Promise) return found.then((each) => this.#replace(key, each));
    return this.#replace(key, found);
  }

  /** Takes an entry up to the position, after all items. */
  add(entry: StoredEntry): void {
    this.count++;
    const key = keyOf(entry);
    if (key === undefined) return;
    const { change, position } = entry;
    const row = this.#state.item(key);
    if (this.#settled.has(key)) {
      if (change.type === "lease" && position > (row?.revision ?? 0)) this.#unsure.add(key);
      return;
    }
    if (change.type === "lease") {
      if (row === undefined) return;
      this.#set(key, withLease(row, entry));
      return;
    }
    this.#damaged.delete(key);
    if (change.type === "put") {
      const value = this.#expired.has(key) ? null : change.after.value;
      this.#set(key, { ...change.after, value: value ?? MISSING_VALUE });
    } else {
      if (change.type === "corrupt") this.#damaged.add(key);
      this.#set(key, null);
    }
  }

  /** Corrects what entries after the position, or those of other keys, decide. */
  async finish(): Promise<void> {
    await this.#each(this.#unfinished, async (key) => {
      const row = this.#state.item(key);
      if (row === undefined) return null;
      const later = row.lease === null ? undefined : await this.#laterOf(key);
      return this.#rows.finished(row, later?.leaseEnd);
    });
    const others = new Set([...this.#unsure, ...this.#damaged]);
    await this.#each(others, async (key) => {
      const row = this.#state.item(key);
      const later = await this.#laterOf(key);
      return later === undefined ? (row ?? null) : this.#rows.changed(key, later, row);
    });
  }

  #set(key: string, row: ItemRow | null): void {
    if (row !== null && (row.lease !== null || (row.task?.dependsOn.length ?? 0) > 0))
      this.#unfinished.add(key);
    else this.#unfinished.delete(key);
    this.#replace(key, row);
  }

  #replace(key: string, row: ItemRow | null): void {
    this.#state.replaceItem(key, row && this.#compact.of(row));
  }

  async #each(
    keys: ReadonlySet<string>,
    rowOf: (key: string) => Promise<ItemRow | null>,
  ): Promise<void> {
    const all = [...keys];
    for (let at = 0; at < all.length; at += AT_ONCE) {
      const some = all.slice(at, at + AT_ONCE).map(async (key) => [key, await rowOf(key)] as const);
      for (const [key, row] of await Promise.all(some)) this.#replace(key, row);
    }
  }

  /** What the entries after the position say about the item that a key held; undefined if there are none. */
  async #laterOf(key: string): Promise<LaterChange | undefined> {
    const changes = new LaterChanges(this.#reader.position, Number.NaN);
    for (let after: number | LogEnd = this.#reader.position; ;) {
      const { entries, end, isHead } = await this.#reader.log({ after, key, limit: LATER_PAGE });
      for (const entry of entries) changes.add(entry);
      const change = changes.items.get(key);
      if (isHead || change?.isNew || change?.replaced !== undefined) return change;
      after = end;
    }
  }
}

type LogEnd = Awaited<ReturnType<PastReader["log"]>>["end"];
