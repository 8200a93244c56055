import { differingField } from "../copy/compare-tenants.ts";
import { nameOf } from "../copy/dump-section.ts";
import { isSynthaError } from "../error/syntha-error.ts";
import { toPriorAudience } from "../log/stored-change.ts";
import type { ItemRow } from "../model/item-row.ts";
import { CORRUPT_TASK } from "../model/task-row.ts";
import type { EntryRecord, TenantHeader } from "../storage/tenant-record.ts";
import { valueOf } from "../view/item.ts";
import { digestOf } from "./digest.ts";
import type { Findings } from "./findings.ts";

/** The fields of a row that only logged writes change, with a digest of its value. */
type LoggedRow = Omit<ItemRow, "value" | "attempts" | "readyAt" | "lease" | "task"> & {
  readonly value: number | null;
  readonly task: unknown;
};

interface FoldedItem {
  /** Null: there is none; undefined: the log does not say. */
  row: LoggedRow | null | undefined;
  /** The holder and the position of its lease; null for none, undefined if the log does not say. */
  lease: { readonly holder: string | null; readonly position: number } | null | undefined;
  /** Whether an entry of it can't be read. */
  isDamaged: boolean;
  isStored: boolean;
}

/** The items that the log names, as it leaves them. */
export class FoldedItems {
  readonly #items = new Map<string, FoldedItem>();
  readonly #floor: number;
  readonly #findings: Findings;

  constructor({ floor }: TenantHeader, findings: Findings) {
    this.#floor = floor;
    this.#findings = findings;
  }

  add(entry: EntryRecord): void {
    const { change, position } = entry;
    if (change.type === "corrupt" && change.about !== null) {
      const damaged = this.#item(change.about);
      Object.assign(damaged, { row: undefined, lease: undefined, isDamaged: true });
    }
    if (!("key" in change)) return;
    const item = this.#item(change.key);
    if (change.type === "lease") {
      const { holder, until } = change;
      item.lease = until === null ? null : { holder, position };
      return;
    }
    this.#checkBefore(entry, item.row);
    item.row = change.type === "put" ? loggedRow(change.after) : null;
    // Leases at or before the floor are not kept.
    item.lease = position > this.#floor ? null : undefined;
  }

  #item(key: string): FoldedItem {
    let item = this.#items.get(key);
    if (item === undefined) this.#items.set(key, (item = this.#unnamed()));
    return item;
  }

  /** What the log says of an item that it does not name. */
  #unnamed(): FoldedItem {
    const row = this.#floor === 0 ? null : undefined;
    return { row, lease: undefined, isDamaged: false, isStored: false };
  }

  /** Each entry says what it replaced. */
  #checkBefore(entry: EntryRecord, row: LoggedRow | null | undefined): void {
    const { change, position } = entry;
    if (!("before" in change) || position <= this.#floor || row === undefined) return;
    const before = row && toPriorAudience(row);
    this.#findings.addField(nameOf(entry), differingField({ before }, { before: change.before }));
  }

  /** Compares a row that is stored. */
  check(row: ItemRow): void {
    const name = `item ${JSON.stringify(row.key)}`;
    const item = this.#items.get(row.key) ?? this.#unnamed();
    item.isStored = true;
    this.#checkRow(name, item, row);
    if (item.lease === undefined) return;
    const lease = row.lease && { holder: row.lease.holder, position: row.lease.position };
    this.#findings.addField(name, differingField({ lease: item.lease }, { lease }));
  }

  #checkRow(name: string, item: FoldedItem, row: ItemRow): void {
    const damage = damagedField(row);
    if (damage !== undefined) return this.#findings.add(name, { field: damage });
    const isUnlogged = item.row === undefined && row.revision > this.#floor && !item.isDamaged;
    if (item.row === null || isUnlogged) return this.#findings.add(name, { only: "state" });
    if (item.row === undefined) return;
    const stored = loggedRow(row);
    const known = item.row.value === null ? { ...stored, value: null } : stored;
    this.#findings.addField(name, differingField({ row: item.row }, { row: known }));
  }

  /** Reports the items that are not stored. */
  finish(): void {
    for (const [key, { row, isStored }] of this.#items)
      if (row && !isStored) this.#findings.add(`item ${JSON.stringify(key)}`, { only: "log" });
  }
}

/** The field that can't be read. */
function damagedField(row: ItemRow): string | undefined {
  try {
    valueOf(row);
    return undefined;
  } catch (error) {
    if (!isSynthaError(error, "CORRUPT_DATA")) throw error;
    return row.task === CORRUPT_TASK ? "row.task" : "row.value";
  }
}

function loggedRow(row: Omit<ItemRow, "value"> & { readonly value: string | null }): LoggedRow {
  const { value, attempts: _, readyAt: __, lease: ___, task, ...rest } = row;
  const { priority = 0, notBefore = null, dependsOn = [] } = task ?? {};
  const digest = value === null ? null : digestOf(value);
  return { ...rest, value: digest, task: { priority, notBefore, dependsOn } };
}
