import { eventFingerprint } from "../log/event-fingerprint.ts";
import type { RemovedEvent } from "../log/log-position.ts";
import { type AudienceBucket, bucketsOf } from "../route/audience-bucket.ts";
import type { EventRow } from "../model/event-row.ts";
import type { Source } from "../storage/merge.ts";
import type { TenantHeader } from "../storage/tenant-record.ts";
import { SortedList } from "./sorted-list.ts";

/** Where an event stands in the log. */
export type EventPlace = Pick<EventRow, "position" | "index">;

export const byPlace = (a: EventPlace, b: EventPlace): number =>
  a.position - b.position || a.index - b.index;

/** A tenant's events, by id and in log order, with a bucket for each target and each target and type. */
export class Events {
  readonly #byId = new Map<string, EventRow>();
  readonly #all = new SortedList<EventRow>(byPlace);
  readonly #buckets = new Map<string, SortedList<EventRow>>();
  lastRemoved: RemovedEvent | null = null;

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): EventRow | undefined {
    return this.#byId.get(id);
  }

  /** The event that stands at a place. */
  at(place: EventPlace): EventRow | undefined {
    const [event] = this.#all.from(place as EventRow);
    return event !== undefined && byPlace(event, place) === 0 ? event : undefined;
  }

  /** The last event that stands at a place or before it. */
  lastTo(place: EventPlace): EventRow | undefined {
    return this.#all.lastTo(place as EventRow);
  }

  /** Puts an event in the place of the one that stands where it stands. */
  put(event: EventRow): void {
    const before = this.at(event);
    if (before !== undefined) this.#delete(before);
    this.add(event);
  }

  /** Removes what another tenant's events have lost. */
  stand({ lastRemovedEvent }: TenantHeader): void {
    this.lastRemoved = lastRemovedEvent;
    if (lastRemovedEvent === null) return;
    for (;;) {
      const [oldest] = this.oldest(1);
      if (oldest === undefined || byPlace(oldest, lastRemovedEvent) > 0) return;
      this.#delete(oldest);
    }
  }

  add(event: EventRow): void {
    this.#byId.set(event.id, event);
    this.#all.add(event);
    for (const name of indexNames(event)) {
      let list = this.#buckets.get(name);
      if (list === undefined) this.#buckets.set(name, (list = new SortedList<EventRow>(byPlace)));
      list.add(event);
    }
  }

  count(target: AudienceBucket): number {
    return this.#buckets.get(bucketName(target))?.size ?? 0;
  }

  /** Takes a topic off every event that has it and lies before a position (R7). */
  untopic(topic: string, before: number): void {
    const target: AudienceBucket = `t${topic}`;
    const older: EventRow[] = [];
    for (const event of this.#buckets.get(bucketName(target))?.from() ?? []) {
      if (event.position >= before) break;
      older.push(event);
    }
    for (const event of older) {
      this.#delete(event);
      this.add({ ...event, topics: event.topics.filter((other) => other !== topic) });
    }
  }

  /** Events of a bucket, or of all, in log order; of one type when it is given. */
  source(target: AudienceBucket | "*", type?: string): Source<EventRow> {
    const list =
      target === "*" && type === undefined
        ? this.#all
        : this.#buckets.get(bucketName(target, type));
    return (after, limit) => {
      const events: EventRow[] = [];
      for (const event of list?.from(after) ?? []) {
        if (after !== undefined && byPlace(event, after) === 0) continue;
        events.push(event);
        if (events.length === limit) break;
      }
      return events;
    };
  }

  /** The oldest ones. */
  oldest(limit: number): readonly EventRow[] {
    return this.source("*")(undefined, limit);
  }

  /** Removes an event, and remembers it as the last that was removed. */
  remove(event: EventRow): void {
    this.#delete(event);
    const { position, index } = event;
    this.lastRemoved = { position, index, fingerprint: eventFingerprint(event) };
  }

  #delete(event: EventRow): void {
    this.#byId.delete(event.id);
    this.#all.delete(event);
    for (const name of indexNames(event)) {
      const list = this.#buckets.get(name);
      list?.delete(event);
      if (list?.size === 0) this.#buckets.delete(name);
    }
  }
}

function indexNames(event: EventRow): string[] {
  const targets = bucketsOf(event);
  return [
    ...targets.flatMap((target) => [bucketName(target), bucketName(target, event.type)]),
    bucketName("*", event.type),
  ];
}

/** NUL can't occur in a name, so no two pairs meet. */
function bucketName(target: AudienceBucket | "*", type?: string): string {
  return type === undefined ? target : `${target}\0${type}`;
}
