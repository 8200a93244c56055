import type { PastSubscription } from "../storage/tenant-record.ts";
import { compareCodePoints } from "../text/code-point-order.ts";
import { SortedList } from "./sorted-list.ts";

/** A subscription that was in effect after the commit `from` and before the commit `until`. */
export type EndedSubscription = Omit<PastSubscription, "type">;

const byAgentAndEnd = (a: EndedSubscription, b: EndedSubscription): number =>
  compareCodePoints(a.agent, b.agent) || a.until - b.until || compareCodePoints(a.topic, b.topic);

const byEnd = (a: EndedSubscription, b: EndedSubscription): number =>
  a.until - b.until || byAgentAndEnd(a, b);

/** Subscriptions, current and past. */
export class Subscriptions {
  readonly #byAgent = new Map<string, Map<string, number>>();
  readonly #byTopic = new Map<string, Set<string>>();
  /** Those that ended after the log's floor. */
  readonly #past = new SortedList<EndedSubscription>(byAgentAndEnd);
  readonly #byEnd = new SortedList<EndedSubscription>(byEnd);

  /** Agents with at least one subscription. */
  get agents(): number {
    return this.#byAgent.size;
  }

  has(agent: string, topic: string): boolean {
    return this.#byAgent.get(agent)?.has(topic) ?? false;
  }

  hasAny(agent: string): boolean {
    return this.#byAgent.has(agent);
  }

  isFromBefore(agent: string, topic: string, position: number): boolean {
    return (this.#byAgent.get(agent)?.get(topic) ?? position) < position;
  }

  of(agent: string): string[] {
    return [...(this.#byAgent.get(agent)?.keys() ?? [])].sort(compareCodePoints);
  }

  /** Topics that the agent was subscribed to after the commit at a position. */
  ofAt(agent: string, position: number): string[] {
    const topics = new Set<string>();
    for (const [topic, from] of this.#byAgent.get(agent) ?? [])
      if (from <= position) topics.add(topic);
    for (const { topic, from } of this.endedSince(agent, position))
      if (from <= position) topics.add(topic);
    return [...topics].sort(compareCodePoints);
  }

  subscribers(topic: string): ReadonlySet<string> | undefined {
    return this.#byTopic.get(topic);
  }

  add(agent: string, topic: string, position: number): void {
    getOrCreate(this.#byAgent, agent, () => new Map<string, number>()).set(topic, position);
    getOrCreate(this.#byTopic, topic, () => new Set<string>()).add(agent);
  }

  delete(agent: string, topic: string, position: number): void {
    const from = this.#byAgent.get(agent)?.get(topic);
    if (from === undefined) return;
    this.#remove(agent, topic);
    this.addPast({ agent, topic, from, until: position });
  }

  /** An agent's topics, each with the position of the commit that began the subscription. */
  since(agent: string): { readonly topic: string; readonly from: number }[] {
    const topics = this.#byAgent.get(agent);
    return this.of(agent).map((topic) => ({ topic, from: topics?.get(topic) as number }));
  }

  /** The subscriptions of an agent that ended after a position. */
  *endedSince(agent: string, position: number): Generator<EndedSubscription> {
    for (const past of this.#past.from({ agent, until: position + 1, topic: "", from: 0 })) {
      if (past.agent !== agent) return;
      yield past;
    }
  }

  /** Past subscriptions in order, from one on or from the first. */
  past(from?: Omit<EndedSubscription, "from">): Generator<EndedSubscription> {
    return this.#past.from(from && { ...from, from: 0 });
  }

  addPast({ agent, topic, from, until }: EndedSubscription): void {
    const past = { agent, topic, from, until };
    this.#past.add(past);
    this.#byEnd.add(past);
  }

  /** Replaces the subscriptions of an agent, without a record of those that end. */
  set(agent: string, topics: ReadonlyMap<string, number>): void {
    for (const topic of this.#byAgent.get(agent)?.keys() ?? []) this.#remove(agent, topic);
    for (const [topic, from] of topics) this.add(agent, topic, from);
  }

  /** Removes past subscriptions that ended at the log's floor or before. */
  removePast(floor: number): void {
    for (;;) {
      const [past] = this.#byEnd.from();
      if (past === undefined || past.until > floor) return;
      this.#past.delete(past);
      this.#byEnd.delete(past);
    }
  }

  #remove(agent: string, topic: string): void {
    const topics = this.#byAgent.get(agent);
    topics?.delete(topic);
    if (topics?.size === 0) this.#byAgent.delete(agent);
    const agents = this.#byTopic.get(topic);
    agents?.delete(agent);
    if (agents?.size === 0) this.#byTopic.delete(topic);
  }
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
