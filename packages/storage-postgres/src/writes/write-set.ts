import {
  type Change,
  type EventRow,
  type ItemRow,
  keepsRoute,
  type KnownFacts,
  targetsOf,
  toChangeText,
} from "@syntha/core/storage";
import { type Call, call, type Statement } from "../connections/statement.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Sql } from "../tables/index.ts";
import { toColumns } from "../tables/item.ts";

/** What the lines of one commit share. */
export interface CommitLine {
  readonly position: number;
  readonly mark: number;
  readonly at: number;
  readonly by: string | null;
}

/** A key that was touched: its row as the database has it, and as it is to be. */
interface Touched {
  readonly stored: ItemRow | undefined;
  row: ItemRow | undefined;
  /** Whether anything but its lease differs. */
  isWritten: boolean;
}

interface Line {
  readonly commit: CommitLine;
  readonly index: number;
  readonly type: Change["type"];
  readonly key: string | null;
  readonly detail: string;
  value: string | null;
}

/** Subscriptions of an agent to a topic that begin or end. */
interface Tie {
  readonly agent: string;
  readonly topic: string;
  readonly position: number;
  readonly begins: boolean;
}

/** What the commits of a transaction have changed and the database does not have yet, as few statements as there are tables. */
export class WriteSet {
  readonly #sql: Sql;
  readonly #tenant: string;
  readonly #items = new Map<string, Touched>();
  readonly #scrubbed = new Set<string>();
  readonly #ties = new Map<string, Tie>();
  readonly #topics = new Set<string>();
  readonly #agents = new Set<string>();
  readonly #events: EventRow[] = [];
  readonly #lines: Line[] = [];

  constructor(sql: Sql, tenant: string) {
    this.#sql = sql;
    this.#tenant = tenant;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** Whether these changes can't be written together with those that wait: then write first. */
  collides(changes: readonly Change[]): boolean {
    return changes.some(
      (change) =>
        "agent" in change &&
        "topics" in change &&
        change.topics.some((topic) => this.#ties.has(tieId(change.agent, topic))),
    );
  }

  add(commit: CommitLine, changes: readonly Change[]): void {
    for (const [index, change] of changes.entries()) {
      this.#add(commit, change);
      const key =
        "after" in change ? change.after.key : "before" in change ? change.before.key : null;
      const value = change.type === "put" ? change.after.value : null;
      const detail = toChangeText(change);
      this.#lines.push({ commit, index, type: change.type, key, detail, value });
    }
  }

  /** The calls that write it all; counts are taken from the facts. */
  take(facts: KnownFacts): Call[] {
    const calls = [
      ...this.#itemCalls(),
      ...this.#bucketCalls(),
      ...this.#tieCalls(facts),
      ...this.#eventCalls(),
      ...this.#logCalls(),
    ];
    for (const each of [this.#items, this.#scrubbed, this.#ties, this.#topics, this.#agents])
      each.clear();
    this.#events.length = 0;
    this.#lines.length = 0;
    return calls;
  }

  #add(commit: CommitLine, change: Change): void {
    switch (change.type) {
      case "put":
      case "lease":
        this.#touch(change.before, change.after, change.type === "put");
        return;
      case "expire":
        this.#scrub(change.before.key);
        this.#touch(change.before, undefined, true);
        return;
      case "delete":
        this.#touch(change.before, undefined, true);
        return;
      case "event":
        this.#events.push(change.event);
        return;
      case "subscribe":
      case "unsubscribe":
        for (const topic of change.topics) {
          const { agent } = change;
          const begins = change.type === "subscribe";
          this.#ties.set(tieId(agent, topic), { agent, topic, position: commit.position, begins });
          this.#topics.add(topic);
        }
        this.#agents.add(change.agent);
        return;
      case "permit":
        this.#agents.add(change.agent);
        return;
      case "untopic":
        this.#topics.add(change.topic);
        return;
    }
  }

  #touch(before: ItemRow | null, after: ItemRow | undefined, isWritten: boolean): void {
    const key = (after ?? (before as ItemRow)).key;
    const known = this.#items.get(key);
    if (known === undefined)
      this.#items.set(key, { stored: before ?? undefined, row: after, isWritten });
    else {
      known.row = after;
      known.isWritten ||= isWritten;
    }
    for (const topic of [...(before?.topics ?? []), ...(after?.topics ?? [])])
      this.#topics.add(topic);
  }

  /** R8: what this transaction has logged of the key so far forgets its value too. */
  #scrub(key: string): void {
    this.#scrubbed.add(key);
    for (const line of this.#lines) if (line.key === key) line.value = null;
  }

  #itemCalls(): Call[] {
    const { item } = this.#sql;
    const touched = [...this.#items.values()];
    const written: ItemRow[] = [];
    const leased: ItemRow[] = [];
    const gone: string[] = [];
    for (const { stored, row, isWritten } of touched) {
      if (row === undefined) {
        if (stored !== undefined) gone.push(stored.key);
      } else if (isWritten) written.push(row);
      else leased.push(row);
    }
    return [
      ...this.#rows(item.delete, gone.length, gone),
      ...this.#rows(
        item.upsert,
        written.length,
        ...columnsOf(
          written.map((row) => toColumns(row, toArrayText)),
          18,
        ),
      ),
      ...this.#rows(
        item.updateLeases,
        leased.length,
        leased.map((row) => row.key),
        leased.map((row) => row.attempts),
        leased.map((row) => row.readyAt),
        leased.map((row) => row.lease?.holder ?? null),
        leased.map((row) => row.lease?.position ?? null),
        leased.map((row) => row.lease?.until ?? null),
      ),
    ];
  }

  #bucketCalls(): Call[] {
    const { bucket } = this.#sql;
    type Place = readonly unknown[];
    const edges: { add: Place[]; remove: Place[] } = { add: [], remove: [] };
    const ready: { add: Place[]; remove: Place[] } = { add: [], remove: [] };
    for (const { stored, row } of this.#items.values()) {
      if (!staysInSight(stored, row)) {
        const [old, next] = [stored ? targetsOf(stored) : [], row ? targetsOf(row) : []];
        for (const target of old)
          if (!next.includes(target)) edges.remove.push([target, stored?.key]);
        for (const target of next) if (!old.includes(target)) edges.add.push([target, row?.key]);
      }
      if (staysInQueue(stored, row)) continue;
      if (stored) ready.remove.push(...turns(stored));
      if (row) ready.add.push(...turns(row));
    }
    return [
      ...this.#rows(bucket.removeEdges, edges.remove.length, ...columnsOf(edges.remove, 2)),
      ...this.#rows(bucket.addEdges, edges.add.length, ...columnsOf(edges.add, 2)),
      ...this.#rows(bucket.removeReady, ready.remove.length, ...columnsOf(ready.remove, 4)),
      ...this.#rows(bucket.addReady, ready.add.length, ...columnsOf(ready.add, 4)),
    ];
  }

  #tieCalls(facts: KnownFacts): Call[] {
    const { tie } = this.#sql;
    const ties = [...this.#ties.values()];
    const columns = (begins: boolean): unknown[][] =>
      columnsOf(
        ties
          .filter((each) => each.begins === begins)
          .map(({ agent, topic, position }) => [agent, topic, position]),
        3,
      );
    const [begun, ended] = [columns(true), columns(false)];
    const topics = [...this.#topics].map((name) => ({ name, ...facts.topic(name) }));
    const kept = topics.filter(({ items, subscribers }) => items > 0 || subscribers > 0);
    const empty = topics.filter((topic) => !kept.includes(topic)).map(({ name }) => name);
    const agents = [...this.#agents].map((name) => ({ name, ...facts.agent(name) }));
    const known = agents.filter((each) => each.subscriptions > 0 || each.permissions !== null);
    const idle = agents.filter((each) => !known.includes(each)).map(({ name }) => name);
    return [
      ...this.#rows(tie.unsubscribe, ended[0]?.length ?? 0, ...ended),
      ...this.#rows(tie.subscribe, begun[0]?.length ?? 0, ...begun),
      ...this.#rows(
        tie.setTopics,
        kept.length,
        kept.map(({ name }) => name),
        kept.map(({ subscribers }) => subscribers),
        kept.map(({ items }) => items),
      ),
      ...this.#rows(tie.removeTopics, empty.length, empty),
      ...this.#rows(
        tie.setAgents,
        known.length,
        known.map(({ name }) => name),
        known.map(({ subscriptions }) => subscriptions),
        known.map(({ permissions }) => permissions && JSON.stringify(permissions)),
      ),
      ...this.#rows(tie.removeAgents, idle.length, idle),
    ];
  }

  #eventCalls(): Call[] {
    const { event: sql } = this.#sql;
    const rows = this.#events.map((event) => [
      event.position,
      event.index,
      event.id,
      event.type,
      toArrayText(event.topics),
      toArrayText(event.subscribers),
      event.global,
      event.owner,
      event.at,
      event.data,
    ]);
    const edges = this.#events.flatMap((event) =>
      targetsOf(event).map((target) => [target, event.position, event.index, event.type]),
    );
    return [
      ...this.#rows(sql.insert, rows.length, ...columnsOf(rows, 10)),
      ...this.#rows(sql.addEdges, edges.length, ...columnsOf(edges, 4)),
    ];
  }

  #logCalls(): Call[] {
    const { log } = this.#sql;
    const rows = this.#lines.map(({ commit, index, type, key, detail, value }) => [
      commit.position,
      index,
      commit.mark,
      commit.at,
      commit.by,
      type,
      key,
      detail,
      value,
    ]);
    return [
      // First, so that it leaves what is logged now of a key that came anew.
      ...this.#rows(log.scrub, this.#scrubbed.size, [...this.#scrubbed]),
      ...this.#rows(log.insert, rows.length, ...columnsOf(rows, 9)),
    ];
  }

  /** A call for some rows; none when there are no rows. */
  #rows(statement: Statement, count: number, ...values: readonly unknown[]): Call[] {
    return count === 0 ? [] : [call(statement, this.#tenant, ...values)];
  }
}

function tieId(agent: string, topic: string): string {
  return `${agent}\0${topic}`;
}

/** Rows turned into as many lists as they have columns. */
function columnsOf(rows: readonly (readonly unknown[])[], width: number): unknown[][] {
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column]));
}

function staysInSight(before: ItemRow | undefined, after: ItemRow | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return keepsRoute(before, after) && before.owner === after.owner;
}

function staysInQueue(before: ItemRow | undefined, after: ItemRow | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return (
    before.readyAt === after.readyAt &&
    before.order === after.order &&
    before.topics === after.topics
  );
}

/** Where a row waits to be claimed. */
function turns(row: ItemRow): (readonly unknown[])[] {
  if (row.readyAt === null) return [];
  return row.topics.map((topic) => [topic, row.readyAt, row.order, row.key]);
}
