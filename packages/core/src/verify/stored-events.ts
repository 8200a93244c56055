import { nameOf } from "../copy/dump-section.ts";
import { isSynthaError } from "../error/syntha-error.ts";
import type { EventRow } from "../model/event-row.ts";
import type { EntryRecord, TenantHeader, TenantRecord } from "../storage/tenant-record.ts";
import { toEvent } from "../view/event.ts";
import type { Findings } from "./findings.ts";

/** Compares the events with their entries, both in log order. Events may be kept for longer than the log. */
export class StoredEvents {
  readonly #events: AsyncIterator<TenantRecord>;
  readonly #floor: number;
  readonly #findings: Findings;
  #next: EventRow | undefined;
  #isStarted = false;
  /** Events that were read. */
  count = 0;

  constructor(events: AsyncIterable<TenantRecord>, { floor }: TenantHeader, findings: Findings) {
    this.#events = events[Symbol.asyncIterator]();
    this.#floor = floor;
    this.#findings = findings;
  }

  async add(entry: EntryRecord): Promise<void> {
    if (entry.change.type !== "event" || entry.position <= this.#floor) return;
    if (!this.#isStarted) await this.#advance();
    const { position, index, at, actor } = entry;
    while (this.#next !== undefined && isBefore(this.#next, entry)) await this.#skip(this.#next);
    const event = this.#next;
    if (event?.position !== position || event.index !== index) {
      this.#findings.add(`event at ${position}.${index}`, { only: "log" });
      return;
    }
    const name = nameOf({ type: "event", event });
    if (event.at !== at) this.#findings.add(name, { field: "at" });
    if (event.owner !== actor) this.#findings.add(name, { field: "owner" });
    await this.#advance();
  }

  async finish(): Promise<void> {
    if (!this.#isStarted) await this.#advance();
    while (this.#next !== undefined) await this.#skip(this.#next);
  }

  /** An event without an entry. */
  async #skip(event: EventRow): Promise<void> {
    if (event.position > this.#floor)
      this.#findings.add(nameOf({ type: "event", event }), { only: "state" });
    await this.#advance();
  }

  async #advance(): Promise<void> {
    this.#isStarted = true;
    const { value, done } = await this.#events.next();
    const record = value as TenantRecord | undefined;
    this.#next = !done && record?.type === "event" ? record.event : undefined;
    if (this.#next === undefined) return;
    this.count++;
    try {
      toEvent(this.#next);
    } catch (error) {
      if (!isSynthaError(error, "CORRUPT_DATA")) throw error;
      this.#findings.add(nameOf({ type: "event", event: this.#next }), { field: "data" });
    }
  }
}

function isBefore(event: EventRow, entry: EntryRecord): boolean {
  return (
    event.position < entry.position ||
    (event.position === entry.position && event.index < entry.index)
  );
}
