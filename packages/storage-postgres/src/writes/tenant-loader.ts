import {
  bytesOf,
  type AgentHolding,
  type EventRow,
  type ItemRow,
  type LoadRequest,
  type StoredEntry,
  type PastSubscription,
  type RemovedEvent,
  type TenantHeader,
  topicBucket,
} from "@syntha/core/storage";
import { type Answer, type Call, call, type Statement } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import { toEvent } from "../tables/events.ts";
import type { Tables } from "../tables/index.ts";
import { toItem } from "../tables/items.ts";
import type { Tenant } from "../tables/tenants.ts";
import { putEvents, removeEventEdges } from "./event-writes.ts";
import { ItemWrites } from "./item-writes.ts";
import { LogWrites } from "./log-writes.ts";
import { deleteInBatches } from "./batched-deletion.ts";
import { rowCalls } from "./row-batches.ts";
import { SCRUB_BATCH } from "./scrub.ts";
import { writeAgents } from "./agent-writes.ts";
import { TopicWrites } from "./topic-writes.ts";

const EVENT_BATCH = 1_000;

/** A page on its way into a tenant whose row this transaction has locked. */
export class TenantLoader {
  readonly #tables: Tables;
  readonly #name: string;
  readonly #task: LoadRequest;
  readonly #transaction: Transaction;
  readonly #tenant: Tenant;
  readonly #topics: TopicWrites;
  readonly #agents = new Map<string, AgentHolding>();
  readonly #past: PastSubscription[] = [];
  readonly #items = new Map<string, ItemRow | null>();
  /** By place. */
  readonly #events = new Map<string, EventRow>();
  readonly #entries: StoredEntry[] = [];

  constructor(tables: Tables, task: LoadRequest, transaction: Transaction, tenant: Tenant) {
    this.#tables = tables;
    this.#name = task.tenantId;
    this.#task = task;
    this.#transaction = transaction;
    this.#tenant = tenant;
    this.#topics = new TopicWrites(tables, task.tenantId);
    for (const record of task.records) {
      if (record.type === "agent") this.#agents.set(record.name, record);
      else if (record.type === "pastSubscription") this.#past.push(record);
      else if (record.type === "item") this.#items.set(record.key, record.row);
      else if (record.type === "event") this.#events.set(positionKey(record.event), record.event);
      else this.#entries.push(record);
    }
  }

  /** Takes away what is not to be there any more, and gives the calls that are left to do. */
  async load(): Promise<readonly Call[]> {
    const { header } = this.#task;
    // First of all: a removed event's id may be that of one that is loaded.
    if (header.lastRemovedEvent !== null) await this.#removeEvents(header.lastRemovedEvent);
    await this.#raiseFloors(header);
    const tables = this.#tables;
    const events = [...this.#events.values()];
    const places = [events.map(({ position }) => position), events.map(({ index }) => index)];
    const [subscriptions, items, happened] = (await this.#transaction.run([
      call(tables.subscriptions.of, this.#name, [...this.#agents.keys()]),
      call(tables.items.headsByKeys, this.#name, [...this.#items.keys()]),
      call(tables.events.headsAt, this.#name, ...places),
    ])) as [Answer, Answer, Answer];
    const calls = [
      ...(await this.#deleteTopics(this.#agentCalls(subscriptions))),
      ...rowCalls(
        tables.subscriptions.addPast,
        this.#name,
        this.#past.map(({ agent, topic, from, until }) => [agent, topic, from, until]),
      ),
      ...this.#itemCalls(items),
      ...this.#eventCalls(happened),
      ...(await this.#lineCalls()),
    ];
    const topics = this.#topics.take(await this.#transaction.one(this.#topics.read()));
    this.#tenant.topics += topics.more;
    return [...calls, ...topics.calls, this.#updateTenant(header)];
  }

  async #removeEvents(to: RemovedEvent): Promise<void> {
    const { events } = this.#tables;
    const tenant = this.#tenant;
    if (tenant.removedEvent !== null && !isAfter(to, tenant.removedEvent)) return;
    for (;;) {
      const { rows } = await this.#transaction.one(call(events.oldest, this.#name, EVENT_BATCH));
      const gone = rows.map((row) => toEvent(row)).filter((each) => !isAfter(each, to));
      const last = gone.at(-1);
      if (last === undefined) return;
      await this.#transaction.run([
        call(events.removeUpTo, this.#name, last.position, last.index),
        ...removeEventEdges(this.#tables, this.#name, gone),
      ]);
      tenant.events -= gone.length;
      if (gone.length < EVENT_BATCH) return;
    }
  }

  async #raiseFloors({ historyFloor, floor }: TenantHeader): Promise<void> {
    const tables = this.#tables;
    const tenant = this.#tenant;
    const remove = (statement: Statement, ...values: readonly number[]): Promise<number> =>
      deleteInBatches(this.#transaction, statement, this.#name, ...values);
    if (historyFloor > tenant.historyFloor)
      tenant.logEntries -= await remove(tables.log.removeUpTo, historyFloor);
    if (floor <= tenant.floor) return;
    tenant.logEntries -= await remove(tables.log.thin, tenant.floor, floor);
    await remove(tables.subscriptions.removePast, floor);
  }

  /**
   * Ends what the lines of deleted topics end, and gives the calls that are left to do. What a line would end of agents
   * that are loaded here, they may have ended themselves before it: so they are written first.
   */
  async #deleteTopics(agents: readonly Call[]): Promise<readonly Call[]> {
    const tables = this.#tables;
    const ends = this.#entries.flatMap(({ change, position }) =>
      change.type === "topicDeleted" ? [[change.topic, position] as const] : [],
    );
    if (ends.length === 0) return agents;
    const last = new Map(ends);
    const answers = await this.#transaction.run([
      ...agents,
      ...rowCalls(tables.subscriptions.endAllBefore, this.#name, ends),
      ...rowCalls(
        tables.events.removeTopicsBefore,
        this.#name,
        Array.from(last, ([topic, position]) => [topic, topicBucket(topic), position]),
      ),
    ]);
    const ended = answers[agents.length] as Answer;
    let without = 0;
    for (const [topic, count] of ended.rows as readonly (readonly [string | null, number])[]) {
      if (topic === null) without = count;
      else this.#topics.add([topic], "subscribers", -count);
    }
    this.#tenant.agents -= without;
    return [];
  }

  #agentCalls({ rows }: Answer): Call[] {
    const tables = this.#tables;
    const before = Map.groupBy(rows, ([agent]) => agent as string);
    const holdings = [...this.#agents.values()];
    for (const { name, subscriptions } of holdings) {
      const held = before.get(name) ?? [];
      this.#topics.add(
        held.map(([, topic]) => topic as string),
        "subscribers",
        -1,
      );
      this.#topics.add(
        subscriptions.map(({ topic }) => topic),
        "subscribers",
        1,
      );
      this.#tenant.agents += Math.sign(subscriptions.length) - Math.sign(held.length);
    }
    const removed = Array.from(before.keys(), (name) => [name]);
    const subscribed = holdings.flatMap(({ name, subscriptions }) =>
      subscriptions.map(({ topic, from }) => [name, topic, from]),
    );
    const agents = holdings.map(({ name, permissions, subscriptions }) => ({
      name,
      permissions,
      subscriptions: subscriptions.length,
    }));
    return [
      ...rowCalls(tables.subscriptions.remove, this.#name, removed),
      ...rowCalls(tables.subscriptions.add, this.#name, subscribed),
      ...writeAgents(this.#tables, this.#name, agents),
    ];
  }

  #itemCalls({ rows }: Answer): Call[] {
    const before = new Map(rows.map((row) => [row[0] as string, toItem(row, "")]));
    for (const row of rows) this.#tenant.bytes -= row[2] as number;
    const writes = new ItemWrites(this.#tables, this.#name);
    for (const [key, row] of this.#items) {
      const stored = before.get(key) ?? null;
      if (stored === null && row === null) continue;
      writes.touch(stored, row ?? undefined, true);
      if (stored !== null) this.#count(stored, -1);
      if (row !== null) {
        this.#count(row, 1);
        this.#tenant.bytes += bytesOf(row);
      }
    }
    return writes.take();
  }

  #count(row: ItemRow, by: 1 | -1): void {
    this.#tenant.items += by;
    if (row.global) this.#tenant.globals += by;
    this.#topics.add(row.topics, "items", by);
  }

  #eventCalls({ rows }: Answer): Call[] {
    const before = rows.map((row) => toEvent(row));
    this.#tenant.events += this.#events.size - before.length;
    return [
      ...removeEventEdges(this.#tables, this.#name, before),
      ...putEvents(this.#tables, this.#name, [...this.#events.values()]),
    ];
  }

  async #lineCalls(): Promise<Call[]> {
    const writes = new LogWrites(this.#tables, this.#name);
    for (const line of this.#entries) writes.add(line, line.index, line.change);
    this.#tenant.logEntries += this.#entries.length;
    const scrub = writes.takeScrub()?.scrub;
    if (scrub !== undefined) while ((await this.#transaction.one(scrub)).count === SCRUB_BATCH);
    return writes.take();
  }

  /** The tenant's row as the header has it, with what was counted here. */
  #updateTenant(header: TenantHeader): Call {
    const { head, headCommitId, floor, floorCommitId, floorEntries, historyFloor, now } = header;
    const { items, bytes, globals, events, agents, topics, logEntries } = this.#tenant;
    const removed = header.lastRemovedEvent;
    return call(
      this.#tables.tenants.load,
      this.#name,
      head,
      headCommitId,
      floor,
      floorCommitId,
      floorEntries,
      historyFloor,
      removed?.position ?? null,
      removed?.index ?? null,
      removed?.fingerprint ?? null,
      now,
      items,
      bytes,
      globals,
      events,
      agents,
      topics,
      logEntries,
      this.#task.progress,
    );
  }
}

type Placed = Pick<EventRow, "position" | "index">;

function positionKey({ position, index }: Placed): string {
  return `${position}.${index}`;
}

function isAfter(a: Placed, b: Placed): boolean {
  return a.position > b.position || (a.position === b.position && a.index > b.index);
}
