import type { SynthaError } from "@syntha/core";
import type { Connections } from "../connections/connections.ts";
import type { Transaction } from "../connections/transaction.ts";

/** One of several transactions, which commits a part of what is to be done; returns whether nothing is left. */
export type Step = (transaction: Transaction) => Promise<boolean>;

/**
 * Thrown out of a transaction that can only succeed after others: what it needs done takes longer than one may hold up
 * the tenant's other writers.
 */
export class StepsNeeded extends Error {
  readonly step: Step;
  readonly late: SynthaError;

  /** @param late what is thrown when the steps are not done in time; the next try continues with them. */
  constructor(step: Step, late: SynthaError) {
    super("Steps are needed.");
    this.step = step;
    this.late = late;
  }
}

/** A transaction that writes to a tenant, after the steps that it needs. */
export async function writingTenant<T>(
  connections: Connections,
  name: string,
  patienceMs: number,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await connections.writing(name, work);
    } catch (error) {
      if (!(error instanceof StepsNeeded)) throw error;
      await takeSteps(connections, name, error, deadline);
    }
  }
}

/** Takes steps until nothing is left. */
export async function takeSteps(
  connections: Connections,
  name: string,
  { step, late }: StepsNeeded,
  deadline = Number.POSITIVE_INFINITY,
): Promise<void> {
  while (!(await connections.writing(name, step))) if (performance.now() > deadline) throw late;
}
