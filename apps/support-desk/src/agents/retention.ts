import { kinds, type StrategyRecord } from "../desk/records.ts";
import { PROGRESS } from "../desk/topics.ts";
import type { Mind } from "../mind.ts";
import type { Colleague } from "./colleague.ts";
import { Inbox } from "./inbox.ts";
import { Slots } from "./slots.ts";
import { type Pace, perform, type Task } from "./task.ts";

/** Answers those customers about whom a manager decided, within what the manager allowed. */
export class Retention {
  readonly #who: Colleague;
  readonly #mind: Mind;
  readonly #pace: Pace;

  constructor(who: Colleague, mind: Mind, pace: Pace) {
    this.#who = who;
    this.#mind = mind;
    this.#pace = pace;
  }

  async work(signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const over = AbortSignal.any([signal, failed.signal]);
    const slots = new Slots(this.#pace.concurrency, () => failed.abort());
    /** Strategies that somebody else holds, or held when the desk was killed. */
    const waiting = new Set<string>();
    const inbox = new Inbox(this.#who, kinds.strategy);
    for await (const letters of inbox.letters(over)) {
      for (const { key, state } of letters) {
        if (state === "done") waiting.delete(key);
        else waiting.add(key);
      }
      for (const key of waiting) {
        await slots.room();
        const lease_minutes = this.#pace.leaseMinutes;
        const { task } = await this.#who.call("claim_task", { key, lease_minutes });
        if (task === null) continue;
        waiting.delete(key);
        slots.run(() =>
          perform(this.#who, this.#pace, task, (taken, until) => this.#answer(taken, until), over),
        );
      }
    }
    await slots.idle();
  }

  async #answer(task: Task, signal: AbortSignal): Promise<void> {
    const { id, text, triage, allowed } = task.value as StrategyRecord;
    const at = { who: this.#who, key: task.key, signal };
    const answer = await this.#mind.retain({ id, text }, triage, allowed, at);
    const done: StrategyRecord = { id, text, triage, allowed, answer };
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
