import type { CaseRecord } from "../desk/records.ts";
import { PROGRESS } from "../desk/topics.ts";
import type { Mind } from "../mind.ts";
import type { Colleague } from "./colleague.ts";
import { Queue } from "./queue.ts";
import type { Pace, Task } from "./task.ts";

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

  /** On the topics that it is subscribed to. */
  async work(signal: AbortSignal): Promise<void> {
    const { topics_subscribed: topics } = await this.#who.call("list_context", {});
    const queue = new Queue(this.#who, topics, this.#pace);
    await queue.work((task, until) => this.#answer(task, until), signal);
  }

  async #answer(task: Task, signal: AbortSignal): Promise<void> {
    const { id, text, triage } = task.value as CaseRecord;
    const at = { who: this.#who, key: task.key, signal };
    const answer = await this.#mind.answer({ id, text }, triage, at);
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
