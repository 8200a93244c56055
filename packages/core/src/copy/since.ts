import type { Place } from "../log/place.ts";
import type { TenantHeader, TenantRecord } from "../storage/record.ts";
import type { Side } from "./side.ts";

const LINES_AT_ONCE = 1_000;

/** What changed in a tenant behind a place of its log: the reasons why a copy from that place may differ. */
export class Since {
  readonly #side: Side;
  readonly #start: number;
  #place: Place;
  #header: TenantHeader | null = null;
  readonly #keys = new Set<string>();
  /** Those of them whose earlier lines lost their values. */
  readonly #expired = new Set<string>();
  readonly #agents = new Set<string>();
  readonly #topics = new Set<string>();

  constructor(side: Side, place: Place) {
    this.#side = side;
    this.#start = place.position;
    this.#place = place;
  }

  /** Reads on, and tells whether both sides' records differ because of a change behind the place, or a compaction. */
  async explains(records: readonly TenantRecord[]): Promise<boolean> {
    const isKnown = (): boolean => records.some((record) => this.#knows(record));
    if (isKnown()) return true;
    await this.#readOn();
    return isKnown();
  }

  async #readOn(): Promise<void> {
    const { storage, tenant } = this.#side;
    for (;;) {
      const page = await storage.log(tenant, { after: this.#place, limit: LINES_AT_ONCE });
      for (const { change } of page.entries) {
        if ("agent" in change) this.#agents.add(change.agent);
        if ("key" in change) this.#keys.add(change.key);
        if (change.type === "expire") this.#expired.add(change.key);
        if (change.type === "untopic") this.#topics.add(change.topic);
      }
      this.#place = page.end;
      if (page.isHead) break;
    }
    this.#header = (await this.#side.standing()).header;
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
      case "line":
        return (
          record.position > this.#start ||
          record.position <= floor ||
          ("key" in record.change && this.#expired.has(record.change.key))
        );
    }
  }
}
