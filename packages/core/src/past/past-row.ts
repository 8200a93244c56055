import type { LogEntry, StoredEntry } from "../log/change.ts";
import { isExpired, type ItemRow, MISSING_VALUE } from "../model/item-row.ts";
import { toTaskRow } from "../model/task-row.ts";
import type { LaterChange, LeaseEnd, ReplacedItem } from "./later-changes.ts";
import type { PastEntries } from "./past-entries.ts";
import type { PastReader } from "./past-reader.ts";

/** Finds the rows that items had at a position. */
export class PastRows {
  readonly #reader: PastReader;
  readonly #entries: PastEntries;
  /** The time of the position. */
  readonly #time: number;
  /** The tenant's time now. */
  readonly #now: number;

  constructor(reader: PastReader, entries: PastEntries, time: number, now: number) {
    this.#reader = reader;
    this.#entries = entries;
    this.#time = time;
    this.#now = now;
  }

  /** The row of an item that was not written since. */
  unchanged(row: ItemRow): ItemRow | Promise<ItemRow> {
    const shown = isExpired(row, this.#now) ? { ...row, value: MISSING_VALUE } : row;
    return dependsOnAny(shown) ? this.#unchangedTask(shown) : shown;
  }

  async #unchangedTask(row: ItemRow): Promise<ItemRow> {
    const entries = await this.#reader.entriesOf(row.key, row.revision);
    const put = entries.findLast(
      ({ position, change }) => position === row.revision && change.type === "put",
    )?.change;
    return this.#withPending(row, put?.type === "put" ? put.after : undefined);
  }

  /** The row of an item that was written since; null if there was none. `current`: its row now. */
  async changed(
    key: string,
    { isNew, isLease, leaseEnd, replaced }: LaterChange,
    current: ItemRow | undefined,
  ): Promise<ItemRow | null> {
    if (isNew) return null;
    // It was only claimed or released since.
    const same = replaced === undefined && isLease ? current : undefined;
    const revision = replaced?.before.revision ?? same?.revision;
    const entries = await this.#entries.take(key, revision);
    const last = entries.findLast(({ change }) => change.type !== "lease");
    if (last?.change.type === "delete" || last?.change.type === "expire") return null;
    if (last?.change.type !== "put")
      return same === undefined
        ? replaced === undefined
          ? null
          : withLeaseEnd(headerRow(key, replaced, this.#time), leaseEnd)
        : withLeaseEnd(withoutLease(await this.unchanged(same)), leaseEnd);
    const { after } = last.change;
    const row = { ...after, value: after.value ?? MISSING_VALUE };
    const leased = entries.slice(entries.indexOf(last) + 1).reduce(withLease, row);
    return this.#withPending(withLeaseEnd(leased, leaseEnd), after);
  }

  /** The row of the last put and the claims after it, with what the first later entry and other keys say. */
  finished(row: ItemRow, leaseEnd: LeaseEnd | undefined): Promise<ItemRow> {
    return this.#withPending(withLeaseEnd(row, leaseEnd), row);
  }

  /** With the dependencies that were pending: those of its last put that did not end until the position. */
  async #withPending(row: ItemRow, put: Omit<ItemRow, "value"> | undefined): Promise<ItemRow> {
    const { task, revision } = row;
    if (task === null || !dependsOnAny(row)) return row;
    const pending: string[] = [];
    for (const key of put?.task?.pending ?? task.dependsOn) {
      const isPending = put !== undefined || task.pending.includes(key);
      const ends = (await this.#reader.entriesOf(key, revision)).some(
        (entry) => entry.position > revision && isEnd(entry),
      );
      if (isPending && !ends) pending.push(key);
    }
    const readyAt = pending.length > 0 ? null : (row.readyAt ?? readyAgain(row));
    return { ...row, readyAt, task: toTaskRow({ ...task, pending }) };
  }
}

function dependsOnAny({ task }: ItemRow): boolean {
  return task !== null && task.dependsOn.length > 0;
}

function readyAgain({ state, updatedAt }: ItemRow): number | null {
  return state === "open" ? updatedAt : null;
}

function isEnd({ change }: LogEntry): boolean {
  if (change.type === "delete" || change.type === "expire") return true;
  return change.type === "put" && change.after.state === "done";
}

/** A claim or a release. The log has neither the id of a lease nor its extensions. */
export function withLease(row: ItemRow, { change, position, at }: StoredEntry): ItemRow {
  if (change.type !== "lease") return row;
  const { holder, until } = change;
  if (until === null) return { ...row, lease: null, readyAt: at };
  const lease = { holder, position, leaseId: 0, until };
  return { ...row, lease, readyAt: until, attempts: row.attempts + 1 };
}

/** A lease that was released or completed later was extended until then. */
function withLeaseEnd(row: ItemRow, end: LeaseEnd | undefined): ItemRow {
  if (end === undefined || (end.isCompletion && row.state !== "open")) return row;
  const { at, actor } = end;
  const until = Math.max(row.lease?.until ?? 0, at + 1);
  const lease = row.lease ?? { holder: actor, position: row.revision, leaseId: 0 };
  return { ...row, readyAt: until, lease: { ...lease, until } };
}

/** Of a lease that began before the log, the log has only the end. */
function withoutLease(row: ItemRow): ItemRow {
  return row.lease === null ? row : { ...row, lease: null, readyAt: row.updatedAt };
}

/**
 * The row of an item whose last put the log does not hold, by the next entry: its route, owner and revision, and when it was
 * created if it was replaced.
 */
function headerRow(key: string, replaced: ReplacedItem, time: number): ItemRow {
  const { before, createdAt = time, order = 0 } = replaced;
  const { topics, subscribers, global, owner, revision } = before;
  return {
    key,
    value: MISSING_VALUE,
    topics,
    subscribers,
    global,
    owner,
    author: null,
    revision,
    state: "open",
    createdAt,
    updatedAt: createdAt,
    expiresAt: null,
    attempts: 0,
    readyAt: null,
    order,
    lease: null,
    task: null,
  };
}
