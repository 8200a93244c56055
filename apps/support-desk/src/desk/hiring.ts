import type { Colleague } from "../agents/colleague.ts";
import { Specialist } from "../agents/specialist.ts";
import type { Pace } from "../agents/task.ts";
import type { Mind } from "../mind.ts";
import { SPECIALIST } from "./roster.ts";
import { departments } from "./topics.ts";

export type PoolOptions = {
  /** Specialists in the end. */
  size: number;
  mind: Mind;
  pace: Pace;
  /** Gives a new agent its place on the mesh. */
  place: (name: string) => Promise<Colleague>;
  /** Told of each loop that begins. */
  onWork: (loop: Promise<void>) => void;
  signal: AbortSignal;
};

/** The specialists: half of them share all departments from the start, the others join while work goes on. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #founders: number;
  #wanted = 0;
  #joined = 0;
  #joining: Promise<void> = Promise.resolve();

  constructor(options: PoolOptions) {
    this.#options = options;
    // A founder without a department would have nothing to do.
    this.#founders = Math.min(Math.ceil(options.size / 2), departments.length);
  }

  get size(): number {
    return this.#joined;
  }

  /** Has as many as there should be when this share of the tickets is answered. */
  grow(share: number): Promise<void> {
    const newcomers = this.#options.size - this.#founders;
    const arrived = Math.min(newcomers, Math.floor(share * (newcomers + 1)));
    for (; this.#wanted < this.#founders + arrived; this.#wanted++) {
      const number = this.#wanted;
      this.#joining = this.#joining.then(() => this.#add(number));
    }
    return this.#joining;
  }

  async #add(number: number): Promise<void> {
    const { mind, pace, place, onWork, signal } = this.#options;
    const specialist = new Specialist(await place(`${SPECIALIST}${number + 1}`), mind, pace);
    const isFounder = number < this.#founders;
    const share = departments.filter((_, i) => i % this.#founders === number);
    const topics = await specialist.join(isFounder ? share : undefined);
    this.#joined += 1;
    onWork(specialist.work(topics, signal));
  }
}
