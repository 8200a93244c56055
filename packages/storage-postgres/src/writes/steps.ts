import type { SynthaError } from "@syntha/core";
import type { Connections } from "../connection/connections.ts";
import type { Transaction } from "../connection/transaction.ts";

/** One of several transactions, which commits a part of what is to be done; returns whether nothing is left. */
export type WriteStep = (transaction: Transaction) => Promise<boolean>;

/**
 * Thrown out of a transaction that can only succeed after others: what it needs done takes longer than one may hold up
 * the tenant's other writers.
 */
export class StepsNeeded extends Error {
  readonly step: WriteStep;
  readonly timeoutError: SynthaError;

  /** @param timeoutError what is thrown when the steps are not done in time; the next try continues with them. */
  constructor(step: WriteStep, timeoutError: SynthaError) {
    super("Steps are needed.");
    this.step = step;
    this.timeoutError = timeoutError;
  }
}

/** A transaction that writes to a tenant, after the steps that it needs. */
export async function writingTenant<T>(
  connections: Connections,
  name: string,
  busyMs: number,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + busyMs;
  for (;;) {
    try {
      return await connections.writing(name, work);
    } catch (error) {
      if (!(error instanceof StepsNeeded)) throw error;
      await runSteps(connections, name, error, deadline);
    }
  }
}

/** Takes steps until nothing is left. */
export async function runSteps(
  connections: Connections,
  name: string,
  { step, timeoutError }: StepsNeeded,
  deadline = Number.POSITIVE_INFINITY,
): Promise<void> {
  while (!(await connections.writing(name, step)))
    if (performance.now() > deadline) throw timeoutError;
}
