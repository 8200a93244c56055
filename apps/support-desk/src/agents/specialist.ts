import { type CaseRecord, type JoiningRecord, keyOf, kinds } from "../desk/records.ts";
import { DEPARTMENTS, PROGRESS } from "../desk/topics.ts";
import type { Mind } from "../mind.ts";
import type { Colleague } from "./colleague.ts";
import { Queue } from "./queue.ts";
import type { Pace, Task } from "./task.ts";

/** Departments that a newcomer helps. */
const MOST_DEPARTMENTS = 4;
/** Cases that it looks into on joining. */
const MOST_EXAMPLES = 20;

/** Answers the messages of some departments. */
export class Specialist {
  readonly #who: Colleague;
  readonly #mind: Mind;
  readonly #pace: Pace;

  constructor(who: Colleague, mind: Mind, pace: Pace) {
    this.#who = who;
    this.#mind = mind;
    this.#pace = pace;
  }

  get name(): string {
    return this.#who.name;
  }

  /**
   * Subscribes to the departments named, else to those with the most to do, and takes down what it sees there. Who
   * joined in an earlier run is subscribed still.
   */
  async join(departments?: readonly string[]): Promise<readonly string[]> {
    const { topics_subscribed: earlier } = await this.#who.call("list_context", {});
    if (departments !== undefined || earlier.length === 0) {
      const topics = [...(departments ?? (await this.#busiest()))];
      await this.#who.call("subscribe_to_topics", { topics });
    }
    const { topics_subscribed: topics } = await this.#who.call("list_context", {});
    if (earlier.length === 0) await this.#note(topics);
    return topics;
  }

  work(topics: readonly string[], signal: AbortSignal): Promise<void> {
    const queue = new Queue(this.#who, topics, this.#pace);
    return queue.work((task) => this.#answer(task), signal);
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

  async #note(topics: readonly string[]): Promise<void> {
    const saw = { ticket: 0, case: 0, escalation: 0, strategy: 0 };
    let example: JoiningRecord["example"] = null;
    for (const kind of ["ticket", "case", "escalation", "strategy"] as const) {
      for await (const keys of this.#who.keys(kinds[kind])) {
        saw[kind] += keys.length;
        if (kind === "case") example ??= await this.#findAnswer(keys.slice(0, MOST_EXAMPLES));
      }
    }
    const { name } = this;
    const at = new Date().toISOString();
    const value: JoiningRecord = { name, at, topics: [...topics], saw, example };
    await this.#who.pushNew({ key: keyOf("joining", name), value, topics: [PROGRESS] });
  }

  async #findAnswer(keys: readonly string[]): Promise<JoiningRecord["example"]> {
    for (const [key, value] of await this.#who.read(keys)) {
      const { answer } = value as CaseRecord;
      if (answer !== undefined) return { key, answer };
    }
    return null;
  }

  async #answer(task: Task): Promise<void> {
    const { id, text, triage } = task.value as CaseRecord;
    const answer = await this.#mind.answer({ id, text }, triage);
    const done: CaseRecord = { id, text, triage, answer };
    await this.#who.finish(task, done, {
      events: [
        {
          type: "ticket_answered",
          id: `answered:${id}`,
          data: { ticket: id },
          topics: [PROGRESS],
        },
      ],
    });
  }
}
