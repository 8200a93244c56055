import type { Colleague } from "./colleague.ts";
import { changesFor } from "./changes.ts";
import { Nudge } from "./nudge.ts";
import { Slots } from "./slots.ts";
import { type Pace, perform, type Task, type TaskHandler } from "./task.ts";

/** Even without news, a look this often: work of an agent that died comes free when its lease ends. */
const LOOK_EVERY_MS = 500;

/** One topic that work comes from. */
type Source = {
  readonly topic: string;
  /** There may be something to claim. */
  isReady: boolean;
  /** Rises with each piece of news, so that what comes while a claim is on its way is not missed. */
  news: number;
  /** Claims made at once: more while they succeed. */
  atOnce: number;
};

/** An agent's work on topics: claims what is there, waits for more, and does several at once. */
export class Queue {
  readonly #who: Colleague;
  readonly #sources: readonly Source[];
  readonly #pace: Pace;
  readonly #nudge = new Nudge();
  #turn = 0;

  constructor(who: Colleague, topics: readonly string[], pace: Pace) {
    this.#who = who;
    this.#sources = topics.map((topic) => ({ topic, isReady: true, news: 0, atOnce: 1 }));
    this.#pace = pace;
  }

  /** Until the signal; resolves when what was claimed is done. */
  async work(handle: TaskHandler, signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const over = AbortSignal.any([signal, failed.signal]);
    over.addEventListener("abort", this.#nudge.now, { once: true });
    const slots = new Slots(this.#pace.concurrency, () => failed.abort());
    slots.accompany(this.#listen(over));
    while (!over.aborted) {
      await slots.room();
      const source = this.#next();
      if (source === undefined) {
        await this.#nudge.sleep(LOOK_EVERY_MS);
        if (this.#next() === undefined) for (const each of this.#sources) each.isReady = true;
        continue;
      }
      const tasks = await this.#claim(source, slots.free);
      for (const task of tasks) slots.run(() => perform(this.#who, this.#pace, task, handle, over));
    }
    await slots.idle();
  }

  /** The next topic in turn that may have work, so that none of them starves. */
  #next(): Source | undefined {
    for (let i = 0; i < this.#sources.length; i++) {
      const source = this.#sources[(this.#turn + i) % this.#sources.length];
      if (!source?.isReady) continue;
      this.#turn += i + 1;
      return source;
    }
    return undefined;
  }

  async #claim(source: Source, free: number): Promise<readonly Task[]> {
    const { news, topic } = source;
    const claims = Array.from({ length: Math.min(source.atOnce, free) }, () =>
      this.#who.call("claim_task", { topic, lease_minutes: this.#pace.leaseMinutes }),
    );
    const tasks = (await Promise.all(claims)).flatMap(({ task }) => task ?? []);
    const isEmpty = tasks.length < claims.length;
    if (isEmpty && source.news === news) source.isReady = false;
    source.atOnce = isEmpty ? 1 : source.atOnce * 2;
    return tasks;
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const topics = this.#sources.map(({ topic }) => topic);
    for await (const change of changesFor(this.#who.agent, { topics, signal })) {
      if (change.type !== "put" || change.item.state !== "open") continue;
      for (const source of this.#sources) {
        if (!change.item.topics.includes(source.topic)) continue;
        source.isReady = true;
        source.news += 1;
      }
      this.#nudge.now();
    }
  }
}
