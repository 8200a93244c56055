import type { SynthaError } from "@syntha/core";
import type { Connections } from "../connection/connections.ts";
import type { Transaction } from "../connection/transaction.ts";

/** One of several transactions, which commits a part of the work. Returns whether all of it is done. */
export type Step = (transaction: Transaction) => Promise<boolean>;

/**
 * Thrown by a transaction that can only succeed after work that would hold the tenant's lock for too long. The work runs
 * in steps, between which other transactions can write.
 */
export class StepsRequired extends Error {
  readonly step: Step;
  readonly timeoutError: SynthaError;

  /** @param timeoutError thrown if the steps take too long; the next call continues with them */
  constructor(step: Step, timeoutError: SynthaError) {
    super("Steps are required.");
    this.step = step;
    this.timeoutError = timeoutError;
  }
}

/** A transaction that writes to a tenant, after the steps that it requires. */
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
      if (!(error instanceof StepsRequired)) throw error;
      await runSteps(connections, name, error, deadline);
    }
  }
}

/** Runs steps until all of the work is done. */
export async function runSteps(
  connections: Connections,
  name: string,
  { step, timeoutError }: StepsRequired,
  deadline = Number.POSITIVE_INFINITY,
): Promise<void> {
  while (!(await connections.writing(name, step)))
    if (performance.now() > deadline) throw timeoutError;
}
