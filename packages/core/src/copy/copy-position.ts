import type { StoredEntry } from "../log/change.ts";
import type { LogPosition } from "../log/log-position.ts";
import type { TenantHeader, TenantRecord } from "../storage/tenant-record.ts";
import { noTenant } from "./compare-tenants.ts";
import { differingField } from "./difference.ts";
import { headPlace, placeAfter, type CopyEndpoint } from "./copy-endpoint.ts";

const LINES_AT_ONCE = 1_000;

/** What changed in a tenant behind a place of its log: the reasons why a copy from that place may differ. */
export class CopyPosition {
  readonly #side: CopyEndpoint;
  readonly #start: number;
  #place: LogPosition;
  #header: TenantHeader | null = null;
  readonly #keys = new Set<string>();
  /** Those of them whose earlier lines lost their values. */
  readonly #expired = new Set<string>();
  readonly #agents = new Set<string>();
  readonly #topics = new Set<string>();

  constructor(side: CopyEndpoint, place: LogPosition) {
    this.#side = side;
    this.#start = place.position;
    this.#place = place;
  }

  /** Reads on, and tells whether both sides' records differ because of a change behind the place, or a compaction. */
  async explains(records: readonly TenantRecord[]): Promise<boolean> {
    const isKnown = (): boolean =>
      records.some((record) => this.#knows(record)) || isScrubbedFirst(records);
    if (isKnown()) return true;
    await this.#readOn();
    return isKnown();
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const range = { section: "changes", after: this.#place } as const;
      const { header, records, isLast } = await this.#side.page(range, LINES_AT_ONCE);
      if (header === null) throw noTenant(this.#side.tenant);
      for (const record of records) {
        if (record.type === "entry") this.#note(record);
        // Also those whose leases were extended, which no line names.
        else if (record.type === "item") this.#keys.add(record.key);
      }
      this.#header = header;
      this.#place = isLast ? headPlace(header) : placeAfter(records, header);
      if (isLast) return;
    }
  }

  #note({ change }: StoredEntry): void {
    if ("agent" in change) this.#agents.add(change.agent);
    if ("key" in change) this.#keys.add(change.key);
    if (change.type === "expire") this.#expired.add(change.key);
    if (change.type === "topicDeleted") this.#topics.add(change.topic);
  }

  #knows(record: TenantRecord): boolean {
    const { floor = 0, lastRemovedEvent = null } = this.#header ?? {};
    switch (record.type) {
      case "agent":
        return (
          this.#agents.has(record.name) ||
          record.subscriptions.some(({ topic }) => this.#topics.has(topic))
        );
      case "pastSubscription":
        return record.until > this.#start || record.until <= floor;
      case "item":
        return this.#keys.has(record.key);
      case "event": {
        const { position, index, topics } = record.event;
        return (
          position > this.#start ||
          topics.some((topic) => this.#topics.has(topic)) ||
          (lastRemovedEvent !== null &&
            (position < lastRemovedEvent.position ||
              (position === lastRemovedEvent.position && index <= lastRemovedEvent.index)))
        );
      }
      case "entry":
        return (
          record.position > this.#start ||
          record.position <= floor ||
          ("key" in record.change && this.#expired.has(record.change.key))
        );
    }
  }
}

/** The source may remove the values of an item that has expired before it logs that: the copy does with that line. */
function isScrubbedFirst([source, target]: readonly TenantRecord[]): boolean {
  if (source?.type !== "entry" || target?.type !== "entry") return false;
  const isNull = source.change.type === "put" && source.change.after.value === null;
  return isNull && differingField(source, target) === "change.after.value";
}
