import type { AgentCard } from "../model/agent-card.ts";
import { MISSING_PERMISSIONS, type Permissions } from "../model/permissions.ts";
import type { Sighting } from "../storage/facts.ts";
import type { AgentHolding } from "../storage/tenant-record.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import type { LaterChanges } from "./later-changes.ts";
import type { PastReader } from "./past-reader.ts";

/** What agents held, and that they were known, at a position. */
export class PastAgents {
  readonly subscriptions = new Map<string, Map<string, number>>();
  readonly permissions = new Map<string, Permissions | null>();
  readonly cards = new Map<string, AgentCard | null>();
  readonly sightings = new Map<string, Sighting>();

  /** Reads what they hold now; of subscriptions, those that had begun by then. */
  async read({ records, position, storage, tenantId }: PastReader): Promise<void> {
    for await (const record of records.records("agents")) {
      if (record.type !== "agent") continue;
      this.permissions.set(record.name, record.permissions);
      this.cards.set(record.name, record.card);
      for (const { topic, from } of record.subscriptions)
        if (from <= position) this.#subscribe(record.name, topic, from);
    }
    for await (const record of records.records("pastSubscriptions"))
      if (record.type === "pastSubscription" && record.from <= position && position < record.until)
        this.#subscribe(record.agent, record.topic, record.from);
    for (let after: string | undefined; ;) {
      const page = await storage.agents(tenantId, { after, limit: MAX_PAGE });
      for (const { name, sighting } of page.agents)
        if (sighting !== null) this.sightings.set(name, sighting);
      if (page.next === null) return;
      after = page.next;
    }
  }

  /** Takes permissions and cards that were set since from the log. */
  async undo(reader: PastReader, floor: number, later: LaterChanges): Promise<void> {
    const { permissions, cards } = later;
    if (permissions.size === 0 && cards.size === 0) return;
    for (const agent of permissions)
      this.permissions.set(agent, floor === 0 ? null : MISSING_PERMISSIONS);
    for (const agent of cards) this.cards.set(agent, null);
    const after = { position: floor, index: Number.MAX_SAFE_INTEGER };
    for await (const record of reader.records.records("log", after)) {
      if (record.type !== "entry") continue;
      if (record.position > reader.position) return;
      const { change } = record;
      if (change.type === "setPermissions" && permissions.has(change.agent))
        this.permissions.set(change.agent, change.permissions);
      if (change.type === "announce" && cards.has(change.agent))
        this.cards.set(change.agent, change.card);
    }
  }

  *holdings(): Generator<AgentHolding> {
    const names = [this.subscriptions, this.permissions, this.cards].flatMap((map) => [
      ...map.keys(),
    ]);
    for (const name of new Set(names)) {
      const topics = this.subscriptions.get(name) ?? [];
      yield {
        type: "agent",
        name,
        permissions: this.permissions.get(name) ?? null,
        card: this.cards.get(name) ?? null,
        subscriptions: Array.from(topics, ([topic, from]) => ({ topic, from })),
      };
    }
  }

  /** Sightings of agents that were known at a time; the last is at most that time. */
  *sightingsUntil(time: number): Generator<readonly [string, Sighting]> {
    for (const [name, { firstSeen, lastSeen }] of this.sightings)
      if (firstSeen <= time)
        yield [name, { firstSeen, lastSeen: lastSeen === null ? null : Math.min(lastSeen, time) }];
  }

  #subscribe(agent: string, topic: string, from: number): void {
    const topics = this.subscriptions.get(agent) ?? new Map<string, number>();
    this.subscriptions.set(agent, topics.set(topic, from));
  }
}
