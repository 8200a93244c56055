import { type CaseRecord, type JoiningRecord, keyOf, kinds } from "../desk/records.ts";
import { DEPARTMENTS, PROGRESS } from "../desk/topics.ts";
import type { Colleague } from "./colleague.ts";

/** Departments that a newcomer helps. */
const MOST_DEPARTMENTS = 4;
/** Cases that it looks into on joining. */
const MOST_EXAMPLES = 20;

/** A specialist on the day it comes. */
export class Newcomer {
  readonly #who: Colleague;

  constructor(who: Colleague) {
    this.#who = who;
  }

  /**
   * Subscribes to the departments named, else to those with the most to do, and takes down what it sees there: with
   * that it has joined, for every process that has work for it. Who joined in an earlier run is subscribed still.
   */
  async join(departments?: readonly string[]): Promise<void> {
    const { name } = this.#who;
    const { topics_subscribed: earlier } = await this.#who.call("list_context", {});
    if (departments !== undefined || earlier.length === 0) {
      const topics = [...(departments ?? (await this.#busiest()))];
      await this.#who.call("subscribe_to_topics", { topics });
    }
    const key = keyOf("joining", name);
    const hasJoined = (await this.#who.read([key])).has(key);
    if (!hasJoined) await this.#note(key);
  }

  /** Those with the most cases for each who works there. */
  async #busiest(): Promise<string[]> {
    const { topics } = await this.#who.call("discover_topics", { prefix: DEPARTMENTS });
    return Object.entries(topics)
      .map(([topic, { item_count, subscriber_count }]) => ({
        topic,
        load: item_count / (subscriber_count + 1),
      }))
      .toSorted((a, b) => b.load - a.load)
      .slice(0, MOST_DEPARTMENTS)
      .map(({ topic }) => topic);
  }

  async #note(key: string): Promise<void> {
    const { topics_subscribed: topics } = await this.#who.call("list_context", {});
    const saw = { ticket: 0, case: 0, escalation: 0, strategy: 0 };
    let example: JoiningRecord["example"] = null;
    for (const kind of ["ticket", "case", "escalation", "strategy"] as const) {
      for await (const keys of this.#who.keys(kinds[kind])) {
        saw[kind] += keys.length;
        if (kind === "case") example ??= await this.#findAnswer(keys.slice(0, MOST_EXAMPLES));
      }
    }
    const { name } = this.#who;
    const at = new Date().toISOString();
    const value: JoiningRecord = { name, at, topics: [...topics], saw, example };
    await this.#who.pushNew({ key, value, topics: [PROGRESS] });
  }

  async #findAnswer(keys: readonly string[]): Promise<JoiningRecord["example"]> {
    for (const [key, value] of await this.#who.read(keys)) {
      const { answer } = value as CaseRecord;
      if (answer !== undefined) return { key, answer };
    }
    return null;
  }
}
