import { differingField } from "../copy/compare-tenants.ts";
import { nameOf } from "../copy/dump-section.ts";
import type { AgentCard } from "../model/agent-card.ts";
import { CORRUPT_PERMISSIONS, type Permissions } from "../model/permissions.ts";
import type {
  AgentHolding,
  EntryRecord,
  PastSubscription,
  TenantHeader,
} from "../storage/tenant-record.ts";
import type { Findings } from "./findings.ts";

/** Two names as one: no name contains NUL. */
const pair = (agent: string, topic: string): string => `${agent}\0${topic}`;

/** The subscriptions, permissions and cards that the log names. */
export class FoldedAgents {
  /** Where each subscription begins; null: it has ended. */
  readonly #subscribed = new Map<string, number | null>();
  /** Where each past subscription began, by its end; undefined: before the floor. */
  readonly #past = new Map<string, number | undefined>();
  /** Positions at which topics were deleted, the last of each last. */
  readonly #deleted = new Map<string, number[]>();
  readonly #permissions = new Map<string, Permissions | null>();
  readonly #cards = new Map<string, AgentCard>();
  readonly #floor: number;
  readonly #findings: Findings;

  constructor({ floor }: TenantHeader, findings: Findings) {
    this.#floor = floor;
    this.#findings = findings;
  }

  add({ change, position }: EntryRecord): void {
    switch (change.type) {
      case "subscribe":
        for (const topic of change.topics)
          this.#subscribed.set(pair(change.agent, topic), position);
        break;
      case "unsubscribe":
        for (const topic of change.topics) this.#end(pair(change.agent, topic), position);
        break;
      case "topicDeleted": {
        const positions = this.#deleted.get(change.topic) ?? [];
        this.#deleted.set(change.topic, [...positions, position]);
        for (const [name, from] of this.#subscribed)
          if (from !== null && from < position && name.endsWith(`\0${change.topic}`))
            this.#end(name, position);
        break;
      }
      case "setPermissions":
        this.#permissions.set(change.agent, change.permissions);
        break;
      case "announce":
        this.#cards.set(change.agent, change.card);
        break;
      default:
    }
  }

  #end(name: string, position: number): void {
    this.#past.set(`${name}\0${position}`, this.#subscribed.get(name) ?? undefined);
    this.#subscribed.set(name, null);
  }

  /** Compares a record that is stored. */
  check(holding: AgentHolding): void {
    const { name, permissions, card, subscriptions } = holding;
    for (const { topic, from } of subscriptions) {
      const known = this.#subscribed.get(pair(name, topic));
      this.#subscribed.delete(pair(name, topic));
      const isDeleted = (this.#deleted.get(topic)?.at(-1) ?? 0) > from;
      const isRight = known === undefined ? from <= this.#floor && !isDeleted : known === from;
      if (!isRight) this.#findings.add(nameOf(holding), { field: subscriptionField(topic) });
    }
    if (permissions === CORRUPT_PERMISSIONS) {
      this.#permissions.delete(name);
      this.#findings.add(agent(name), { field: "permissions" });
    } else this.#compare(name, "permissions", this.#permissions, permissions);
    this.#compare(name, "card", this.#cards, card);
  }

  #compare<T>(name: string, field: string, logged: Map<string, T>, stored: T | null): void {
    const known = logged.get(name);
    if (known === undefined) {
      if (stored !== null && this.#floor === 0) this.#findings.add(agent(name), { field });
      return;
    }
    logged.delete(name);
    this.#findings.addField(agent(name), differingField({ [field]: known }, { [field]: stored }));
  }

  checkPast(record: PastSubscription): void {
    const { agent: name, topic, from, until } = record;
    const key = `${pair(name, topic)}\0${until}`;
    const isLogged = this.#past.has(key);
    const known = this.#past.get(key);
    this.#past.delete(key);
    const isDeletion = this.#deleted.get(topic)?.includes(until) ?? false;
    if (!isLogged && !isDeletion) this.#findings.add(nameOf(record), { only: "state" });
    else if (known !== undefined && known !== from)
      this.#findings.add(nameOf(record), { field: "from" });
  }

  /** Reports what is not stored. */
  finish(): void {
    for (const [name, from] of this.#subscribed) {
      const [who = "", topic = ""] = name.split("\0");
      if (from !== null) this.#findings.add(agent(who), { field: subscriptionField(topic) });
    }
    for (const [name] of this.#past) {
      const [who = "", topic = "", until] = name.split("\0");
      const record = {
        type: "pastSubscription",
        agent: who,
        topic,
        from: 0,
        until: Number(until),
      } as const;
      this.#findings.add(nameOf(record), { only: "log" });
    }
    for (const [name, permissions] of this.#permissions)
      if (permissions !== null) this.#findings.add(agent(name), { field: "permissions" });
    for (const [name] of this.#cards) this.#findings.add(agent(name), { field: "card" });
  }
}

const agent = (name: string): string => `agent ${JSON.stringify(name)}`;
const subscriptionField = (topic: string): string => `subscriptions.${topic}`;
