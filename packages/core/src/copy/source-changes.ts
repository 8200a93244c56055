import type { StoredEntry } from "../log/change.ts";
import { headPosition, type LogPosition } from "../log/log-position.ts";
import type { TenantHeader, TenantRecord } from "../storage/tenant-record.ts";
import { differingField, noTenant } from "./compare-tenants.ts";
import { type CopyEndpoint, positionAfter } from "./copy-endpoint.ts";

const PAGE = 1_000;

/** What changed in a tenant after a position: the reasons why a copy up to that position may differ. */
export class SourceChanges {
  readonly #source: CopyEndpoint;
  readonly #start: number;
  #position: LogPosition;
  #header: TenantHeader | null = null;
  readonly #keys = new Set<string>();
  /** Those of them whose earlier log entries lost their values. */
  readonly #expired = new Set<string>();
  readonly #agents = new Set<string>();
  readonly #topics = new Set<string>();

  constructor(source: CopyEndpoint, start: LogPosition) {
    this.#source = source;
    this.#start = start.position;
    this.#position = start;
  }

  /** Whether the records of both sides differ because of a later change or a compaction. Reads the log on if needed. */
  async explain(records: readonly TenantRecord[]): Promise<boolean> {
    const isExplained = (): boolean =>
      records.some((record) => this.#affects(record)) || isValueRemovedAtSource(records);
    if (isExplained()) return true;
    await this.#readMore();
    return isExplained();
  }

  async #readMore(): Promise<void> {
    for (;;) {
      const range = { section: "changes", after: this.#position } as const;
      const { header, records, isLast } = await this.#source.page(range, PAGE);
      if (header === null) throw noTenant(this.#source.tenantId);
      for (const record of records) {
        if (record.type === "entry") this.#addEntry(record);
        // Includes items that changed without a log entry.
        else if (record.type === "item") this.#keys.add(record.key);
      }
      this.#header = header;
      this.#position = isLast ? headPosition(header) : positionAfter(records, header);
      if (isLast) return;
    }
  }

  #addEntry({ change }: StoredEntry): void {
    if ("agent" in change) this.#agents.add(change.agent);
    if ("key" in change) this.#keys.add(change.key);
    if (change.type === "expire") this.#expired.add(change.key);
    if (change.type === "topicDeleted") this.#topics.add(change.topic);
  }

  #affects(record: TenantRecord): boolean {
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

/** The source may remove the values of an expired item before it logs the expiry; the copy does it with the log entry. */
function isValueRemovedAtSource([source, target]: readonly TenantRecord[]): boolean {
  if (source?.type !== "entry" || target?.type !== "entry") return false;
  const isNull = source.change.type === "put" && source.change.after.value === null;
  return isNull && differingField(source, target) === "change.after.value";
}
