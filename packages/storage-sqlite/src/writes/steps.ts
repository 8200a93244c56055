import type { Tables } from "../tables/index.ts";

/** The work of one of several transactions; returns whether no work is left. */
export type Step = (tables: Tables, clock: number) => boolean;

/**
 * Thrown out of a transaction that can only succeed after others: their work takes longer than the event loop and other
 * processes should wait.
 */
export class StepsRequired extends Error {
  readonly step: Step;

  constructor(step: Step) {
    super("Other transactions must run first.");
    this.step = step;
  }
}
