import { Newcomer } from "../agents/newcomer.ts";
import { specialistName } from "./roster.ts";
import { departments } from "./topics.ts";
import type { Workplace } from "./workplace.ts";

/** Lets specialists join: half of them share all departments from the start, the others come while work goes on. */
export class Hiring {
  /** Specialists in the end. */
  readonly #size: number;
  readonly #workplace: Workplace;
  readonly #founders: number;
  #wanted = 0;
  #joined = 0;
  #joining: Promise<void> = Promise.resolve();

  constructor(size: number, workplace: Workplace) {
    this.#size = size;
    this.#workplace = workplace;
    // A founder without a department would have nothing to do.
    this.#founders = Math.min(Math.ceil(size / 2), departments.length);
  }

  get joined(): number {
    return this.#joined;
  }

  /** Has as many as there should be when this share of the tickets is answered. */
  grow(share: number): Promise<void> {
    const newcomers = this.#size - this.#founders;
    const arrived = Math.min(newcomers, Math.floor(share * (newcomers + 1)));
    for (; this.#wanted < this.#founders + arrived; this.#wanted++) {
      const number = this.#wanted;
      this.#joining = this.#joining.then(() => this.#add(number));
    }
    return this.#joining;
  }

  async #add(number: number): Promise<void> {
    const newcomer = new Newcomer(await this.#workplace.place(specialistName(number)));
    const isFounder = number < this.#founders;
    const share = departments.filter((_, i) => i % this.#founders === number);
    await newcomer.join(isFounder ? share : undefined);
    this.#joined += 1;
  }
}
