import type { Tables } from "../tables/index.ts";

/** One of several transactions, which does a part of what is to be done; returns whether nothing is left. */
export type Step = (tables: Tables, clock: number) => boolean;

/**
 * Thrown out of a transaction that can only succeed after others: what it needs done takes longer than the event loop
 * and other processes should wait.
 */
export class StepsRequired extends Error {
  readonly step: Step;

  constructor(step: Step) {
    super("Steps are needed.");
    this.step = step;
  }
}
