import {
  type AgentHolding,
  bytesOf,
  countsOf,
  encodeCard,
  type EntryPosition,
  type EventRow,
  itemEffect,
  type ItemRow,
  type LoadRequest,
  type PastSubscription,
  type RemovedEvent,
  type StoredEntry,
  type TenantHeader,
  topicBucket,
} from "@syntha/core/storage";
import { type Answer, type Call, call, type Statement } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import { toEvent } from "../tables/events.ts";
import type { Tables } from "../tables/index.ts";
import { toItem } from "../tables/items.ts";
import type { Tenant } from "../tables/tenants.ts";
import { deleteInBatches } from "./batched-deletion.ts";
import { putEvents, removeEventAudiences } from "./event-writes.ts";
import { ItemWrites } from "./item-writes.ts";
import { LogWrites } from "./log-writes.ts";
import { insertCalls, rowCalls } from "./row-batches.ts";
import { SCRUB_BATCH } from "./scrub.ts";
import { TopicWrites } from "./topic-writes.ts";

const EVENT_BATCH = 1_000;

/** Loads a page of records into a locked tenant. */
export class TenantLoader {
  readonly #tables: Tables;
  readonly #name: string;
  readonly #request: LoadRequest;
  readonly #transaction: Transaction;
  readonly #tenant: Tenant;
  readonly #topics: TopicWrites;
  readonly #agents = new Map<string, AgentHolding>();
  readonly #past: PastSubscription[] = [];
  readonly #items = new Map<string, ItemRow | null>();
  /** By position. */
  readonly #events = new Map<string, EventRow>();
  readonly #entries: StoredEntry[] = [];

  constructor(tables: Tables, request: LoadRequest, transaction: Transaction, tenant: Tenant) {
    this.#tables = tables;
    this.#name = request.tenantId;
    this.#request = request;
    this.#transaction = transaction;
    this.#tenant = tenant;
    this.#topics = new TopicWrites(tables, request.tenantId);
    for (const record of request.records) {
      if (record.type === "agent") this.#agents.set(record.name, record);
      else if (record.type === "pastSubscription") this.#past.push(record);
      else if (record.type === "item") this.#items.set(record.key, record.row);
      else if (record.type === "event") this.#events.set(positionKey(record.event), record.event);
      else this.#entries.push(record);
    }
  }

  /** Deletes what the page replaces, and returns the calls that write the page. */
  async load(): Promise<readonly Call[]> {
    const { header } = this.#request;
    // Removed first, because a loaded event may have the id of a removed one.
    if (header.lastRemovedEvent !== null) await this.#removeEvents(header.lastRemovedEvent);
    await this.#raiseFloors(header);
    const tables = this.#tables;
    const events = [...this.#events.values()];
    const positions = [events.map(({ position }) => position), events.map(({ index }) => index)];
    const [subscriptions, items, storedEvents] = (await this.#transaction.run([
      call(tables.subscriptions.of, this.#name, [...this.#agents.keys()]),
      call(tables.items.headsByKeys, this.#name, [...this.#items.keys()]),
      call(tables.events.headsAt, this.#name, ...positions),
    ])) as [Answer, Answer, Answer];
    const calls = [
      ...(await this.#deleteTopics(this.#agentCalls(subscriptions))),
      ...insertCalls(
        tables.subscriptions.addPast,
        this.#name,
        this.#past.map(({ agent, topic, from, until }) => [agent, topic, from, until]),
      ),
      ...this.#itemCalls(items),
      ...this.#eventCalls(storedEvents),
      ...(await this.#logCalls()),
    ];
    const topics = this.#topics.take(await this.#transaction.one(this.#topics.read()));
    this.#tenant.topics += topics.added;
    return [...calls, ...topics.calls, this.#updateTenant(header)];
  }

  async #removeEvents(to: RemovedEvent): Promise<void> {
    const { events } = this.#tables;
    const tenant = this.#tenant;
    if (tenant.removedEvent !== null && !isAfter(to, tenant.removedEvent)) return;
    for (;;) {
      const { rows } = await this.#transaction.one(call(events.oldest, this.#name, EVENT_BATCH));
      const removed = rows.map((row) => toEvent(row)).filter((each) => !isAfter(each, to));
      const last = removed.at(-1);
      if (last === undefined) return;
      await this.#transaction.run([
        call(events.removeUpTo, this.#name, last.position, last.index),
        ...removeEventAudiences(this.#tables, this.#name, removed),
      ]);
      tenant.events -= removed.length;
      if (removed.length < EVENT_BATCH) return;
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
   * Ends subscriptions to the topics that the page deletes. Returns the calls for agents that are left to do. If there are
   * deleted topics the agents are written first, because they may have unsubscribed before the deletion.
   */
  async #deleteTopics(agents: readonly Call[]): Promise<readonly Call[]> {
    const tables = this.#tables;
    const ends = this.#entries.flatMap(({ change, position }) =>
      change.type === "topicDeleted" ? [[change.topic, position] as const] : [],
    );
    if (ends.length === 0) return agents;
    const last = new Map(ends);
    const before = [...agents, ...rowCalls(tables.subscriptions.recordEndBefore, this.#name, ends)];
    const answers = await this.#transaction.run([
      ...before,
      ...rowCalls(tables.subscriptions.endAllBefore, this.#name, ends),
      ...rowCalls(
        tables.events.removeTopicsBefore,
        this.#name,
        Array.from(last, ([topic, position]) => [topic, topicBucket(topic), position]),
      ),
    ]);
    const ended = answers[before.length] as Answer;
    let unsubscribed = 0;
    for (const [topic, count] of ended.rows as readonly (readonly [string | null, number])[]) {
      if (topic === null) unsubscribed = count;
      else this.#topics.add([topic], "subscribers", -count);
    }
    this.#tenant.agents -= unsubscribed;
    return [];
  }

  #agentCalls({ rows }: Answer): Call[] {
    const tables = this.#tables;
    const before = Map.groupBy(rows, ([agent]) => agent as string);
    const holdings = [...this.#agents.values()];
    for (const { name, subscriptions } of holdings) {
      const stored = before.get(name) ?? [];
      this.#topics.add(
        stored.map(([, topic]) => topic as string),
        "subscribers",
        -1,
      );
      this.#topics.add(
        subscriptions.map(({ topic }) => topic),
        "subscribers",
        1,
      );
      this.#tenant.agents += Math.sign(subscriptions.length) - Math.sign(stored.length);
    }
    const removed = Array.from(before.keys(), (name) => [name]);
    const subscribed = holdings.flatMap(({ name, subscriptions }) =>
      subscriptions.map(({ topic, from }) => [name, topic, from]),
    );
    const agents = holdings.map(({ name, permissions, card, subscriptions }) => [
      name,
      subscriptions.length,
      permissions && JSON.stringify(permissions),
      card && encodeCard(card),
      // Known, since it has something; when it was seen is not copied.
      permissions !== null || card !== null || subscriptions.length > 0
        ? this.#request.header.now
        : null,
    ]);
    return [
      ...rowCalls(tables.subscriptions.remove, this.#name, removed),
      ...insertCalls(tables.subscriptions.add, this.#name, subscribed),
      ...rowCalls(tables.agents.load, this.#name, agents),
    ];
  }

  #itemCalls({ rows }: Answer): Call[] {
    const before = new Map(rows.map((row) => [row[0] as string, toItem(row, "")]));
    for (const row of rows) this.#tenant.bytes -= row[2] as number;
    const writes = new ItemWrites(this.#tables, this.#name, false);
    for (const [key, row] of this.#items) {
      const stored = before.get(key) ?? null;
      if (stored === null && row === null) continue;
      writes.add(itemEffect(stored, row));
      const { items, globals, topics } = countsOf(stored, row);
      this.#tenant.items += items;
      this.#tenant.globals += globals;
      for (const topic of topics) this.#topics.add([topic.name], "items", topic.items);
      if (row !== null) this.#tenant.bytes += bytesOf(row);
    }
    return writes.take();
  }

  #eventCalls({ rows }: Answer): Call[] {
    const before = rows.map((row) => toEvent(row));
    this.#tenant.events += this.#events.size - before.length;
    return [
      ...removeEventAudiences(this.#tables, this.#name, before),
      ...putEvents(this.#tables, this.#name, [...this.#events.values()]),
    ];
  }

  async #logCalls(): Promise<Call[]> {
    const writes = new LogWrites(this.#tables, this.#name);
    for (const entry of this.#entries) writes.add(entry, entry.index, entry.change);
    this.#tenant.logEntries += this.#entries.length;
    const scrub = writes.takeScrub()?.scrub;
    if (scrub !== undefined) while ((await this.#transaction.one(scrub)).count === SCRUB_BATCH);
    return writes.take();
  }

  /** Writes the tenant's row: the header and the counts. */
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
      this.#request.progress,
    );
  }
}

function positionKey({ position, index }: EntryPosition): string {
  return `${position}.${index}`;
}

function isAfter(a: EntryPosition, b: EntryPosition): boolean {
  return a.position > b.position || (a.position === b.position && a.index > b.index);
}
