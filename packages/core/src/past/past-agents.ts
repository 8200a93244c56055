import type { StoredEntry } from "../log/change.ts";
import type { AgentCard } from "../model/agent-card.ts";
import { MISSING_PERMISSIONS, type Permissions } from "../model/permissions.ts";
import type { Sighting } from "../storage/facts.ts";
import type { AgentHolding } from "../storage/tenant-record.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { agentsOf, type LaterChanges } from "./later-changes.ts";
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
    await reader.eachEntry(after, ({ position, change }) => {
      if (position > reader.position) return false;
      if (change.type === "setPermissions" && permissions.has(change.agent))
        this.permissions.set(change.agent, change.permissions);
      if (change.type === "announce" && cards.has(change.agent))
        this.cards.set(change.agent, change.card);
      return true;
    });
  }

  /** Forgets permissions and cards, which {@link fold} then sets from the start of a whole log. */
  clear(): void {
    for (const agent of this.permissions.keys()) this.permissions.set(agent, null);
    for (const agent of this.cards.keys()) this.cards.set(agent, null);
  }

  fold({ change }: StoredEntry): void {
    if (change.type === "setPermissions") this.permissions.set(change.agent, change.permissions);
    else if (change.type === "announce") this.cards.set(change.agent, change.card);
  }

  /**
   * Removes the sightings of agents that were first seen in the millisecond of the position, but by a later commit. The log
   * decides; an agent that it does not name, as it only extended a lease, stays.
   */
  async forgetLater(
    reader: PastReader,
    agentsAtOnce: ReadonlySet<string>,
    time: number,
  ): Promise<void> {
    const isNew = (name: string): boolean => this.sightings.get(name)?.firstSeen === time;
    const unsure = new Set([...agentsAtOnce].filter(isNew));
    if (unsure.size === 0) return;
    for (const entry of await entriesAtOnce(reader, time))
      for (const name of agentsOf(entry)) unsure.delete(name);
    for (const name of unsure) this.sightings.delete(name);
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

/** The entries up to the position that are of its millisecond. */
async function entriesAtOnce(reader: PastReader, time: number): Promise<readonly StoredEntry[]> {
  const { position } = reader;
  for (let span = 1; ; span *= 4) {
    const start = Math.max(0, position - span);
    const entries: StoredEntry[] = [];
    await reader.eachEntry({ position: start, index: Number.MAX_SAFE_INTEGER }, (entry) => {
      if (entry.position > position) return false;
      entries.push(entry);
      return true;
    });
    if (start === 0 || (entries[0]?.at ?? time) < time)
      return entries.filter(({ at }) => at === time);
  }
}
