import { eventFingerprint } from "../log/event-fingerprint.ts";
import type { RemovedEvent } from "../log/log-position.ts";
import { type AudienceBucket, bucketsOf } from "../route/audience-bucket.ts";
import type { EventRow } from "../model/event-row.ts";
import type { Source } from "../storage/merge.ts";
import type { TenantHeader } from "../storage/tenant-record.ts";
import { SortedList } from "./sorted-list.ts";

export type EventPosition = Pick<EventRow, "position" | "index">;

export const byPosition = (a: EventPosition, b: EventPosition): number =>
  a.position - b.position || a.index - b.index;

/** A tenant's events by id, in log order, and in each audience bucket with and without their type. */
export class Events {
  readonly #byId = new Map<string, EventRow>();
  readonly #all = new SortedList<EventRow>(byPosition);
  readonly #buckets = new Map<string, SortedList<EventRow>>();
  lastRemoved: RemovedEvent | null = null;

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): EventRow | undefined {
    return this.#byId.get(id);
  }

  /** The event at a position. */
  at(position: EventPosition): EventRow | undefined {
    const [event] = this.#all.from(position as EventRow);
    return event !== undefined && byPosition(event, position) === 0 ? event : undefined;
  }

  /** The last event at a position or before it. */
  lastUpTo(position: EventPosition): EventRow | undefined {
    return this.#all.lastUpTo(position as EventRow);
  }

  /** Replaces the event at the same position. */
  put(event: EventRow): void {
    const before = this.at(event);
    if (before !== undefined) this.#delete(before);
    this.add(event);
  }

  /** Removes the events that the tenant of this header has removed. */
  adopt({ lastRemovedEvent }: TenantHeader): void {
    this.lastRemoved = lastRemovedEvent;
    if (lastRemovedEvent === null) return;
    for (;;) {
      const [oldest] = this.oldest(1);
      if (oldest === undefined || byPosition(oldest, lastRemovedEvent) > 0) return;
      this.#delete(oldest);
    }
  }

  add(event: EventRow): void {
    this.#byId.set(event.id, event);
    this.#all.add(event);
    for (const name of indexKeys(event)) {
      let list = this.#buckets.get(name);
      if (list === undefined)
        this.#buckets.set(name, (list = new SortedList<EventRow>(byPosition)));
      list.add(event);
    }
  }

  count(bucket: AudienceBucket): number {
    return this.#buckets.get(indexKey(bucket))?.size ?? 0;
  }

  /** Removes a topic from all events before a position (R7). */
  removeTopic(topic: string, before: number): void {
    const bucket: AudienceBucket = `t${topic}`;
    const older: EventRow[] = [];
    for (const event of this.#buckets.get(indexKey(bucket))?.from() ?? []) {
      if (event.position >= before) break;
      older.push(event);
    }
    for (const event of older) {
      this.#delete(event);
      this.add({ ...event, topics: event.topics.filter((other) => other !== topic) });
    }
  }

  /** Events of a bucket, or all, in log order, optionally of one type. */
  source(bucket: AudienceBucket | "*", type?: string): Source<EventRow> {
    const list =
      bucket === "*" && type === undefined ? this.#all : this.#buckets.get(indexKey(bucket, type));
    return (after, limit) => {
      const events: EventRow[] = [];
      for (const event of list?.from(after) ?? []) {
        if (after !== undefined && byPosition(event, after) === 0) continue;
        events.push(event);
        if (events.length === limit) break;
      }
      return events;
    };
  }

  oldest(limit: number): readonly EventRow[] {
    return this.source("*")(undefined, limit);
  }

  /** Removes an event and records it as the last removed. */
  remove(event: EventRow): void {
    this.#delete(event);
    const { position, index } = event;
    this.lastRemoved = { position, index, fingerprint: eventFingerprint(event) };
  }

  #delete(event: EventRow): void {
    this.#byId.delete(event.id);
    this.#all.delete(event);
    for (const name of indexKeys(event)) {
      const list = this.#buckets.get(name);
      list?.delete(event);
      if (list?.size === 0) this.#buckets.delete(name);
    }
  }
}

function indexKeys(event: EventRow): string[] {
  const keys = [indexKey("*", event.type)];
  for (const bucket of bucketsOf(event)) keys.push(bucket, indexKey(bucket, event.type));
  return keys;
}

/** Unique, because names contain no NUL. */
function indexKey(bucket: AudienceBucket | "*", type?: string): string {
  return type === undefined ? bucket : `${bucket}\0${type}`;
}
