import { compareCodePoints } from "../text/code-point-order.ts";

/** Positions between which an agent was subscribed: after the commit `from`, up to the one before `until`. */
interface Interval {
  readonly topic: string;
  readonly from: number;
  readonly until: number;
}

/** Who is subscribed to what, now and at earlier positions. */
export class Subscriptions {
  readonly #byAgent = new Map<string, Map<string, number>>();
  readonly #byTopic = new Map<string, Set<string>>();
  /** Ended ones, down to the log's floor. */
  readonly #past = new Map<string, Interval[]>();

  /** Agents with at least one subscription. */
  get agents(): number {
    return this.#byAgent.size;
  }

  has(agent: string, topic: string): boolean {
    return this.#byAgent.get(agent)?.has(topic) ?? false;
  }

  of(agent: string): string[] {
    return [...(this.#byAgent.get(agent)?.keys() ?? [])].sort(compareCodePoints);
  }

  /** Topics that the agent was subscribed to after the commit at a position. */
  ofAt(agent: string, position: number): string[] {
    const topics = new Set<string>();
    for (const [topic, from] of this.#byAgent.get(agent) ?? [])
      if (from <= position) topics.add(topic);
    for (const { topic, from, until } of this.#past.get(agent) ?? []) {
      if (from <= position && position < until) topics.add(topic);
    }
    return [...topics].sort(compareCodePoints);
  }

  subscribers(topic: string): ReadonlySet<string> | undefined {
    return this.#byTopic.get(topic);
  }

  add(agent: string, topic: string, position: number): void {
    entry(this.#byAgent, agent, () => new Map<string, number>()).set(topic, position);
    entry(this.#byTopic, topic, () => new Set<string>()).add(agent);
  }

  delete(agent: string, topic: string, position: number): void {
    const topics = this.#byAgent.get(agent);
    const from = topics?.get(topic);
    if (topics === undefined || from === undefined) return;
    topics.delete(topic);
    if (topics.size === 0) this.#byAgent.delete(agent);
    const agents = this.#byTopic.get(topic);
    agents?.delete(agent);
    if (agents?.size === 0) this.#byTopic.delete(topic);
    entry(this.#past, agent, (): Interval[] => []).push({ topic, from, until: position });
  }

  /** Forgets what ended at or before the log's floor. */
  forget(floor: number): void {
    for (const [agent, intervals] of this.#past) {
      const kept = intervals.filter(({ until }) => until > floor);
      if (kept.length === 0) this.#past.delete(agent);
      else this.#past.set(agent, kept);
    }
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
