import { isSynthaError } from "@syntha/core";
import { type CommitHeader, exponentialDelay, newEpoch, systemPause } from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import { call } from "../connection/statement.ts";
import { commitIdAt } from "../reads/positions.ts";
import type { Tables } from "../tables/index.ts";
import { toTenant } from "../tables/tenants.ts";

/** A commit that was sent to the server, but not answered. */
export interface SentCommit {
  readonly name: string;
  readonly epoch: string;
  /** Whether it creates the tenant. */
  readonly isNew: boolean;
  readonly header: CommitHeader;
}

const MIN_PAUSE_MS = 25;
const MAX_PAUSE_MS = 500;

/**
 * Looks up whether a commit is in the log, with retries while the server is unreachable. The commit is identified by its
 * random id; the tenant's lock shows when its transaction has ended.
 * @throws `unknown` if the outcome can't be determined in time
 */
export function isInLog(
  connections: Connections,
  tables: Tables,
  sent: SentCommit,
  busyMs: number,
  unknown: unknown,
): Promise<boolean> {
  return retryUntilAnswered(busyMs, unknown, () => lookUp(connections, tables, sent));
}

/**
 * Repeats a request while the server is unreachable.
 * @throws `unknown` if there is no answer in time, or the answer is undefined
 */
export async function retryUntilAnswered<T>(
  busyMs: number,
  unknown: unknown,
  request: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + busyMs;
  for (let attempt = 0; ; attempt++) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) break;
    try {
      const answer = await within(leftMs, request());
      if (answer !== undefined) return answer;
      break;
    } catch (error) {
      if (!isSynthaError(error, "UNAVAILABLE") && !isSynthaError(error, "UNKNOWN_OUTCOME")) break;
    }
    await systemPause(exponentialDelay(attempt, MIN_PAUSE_MS, MAX_PAUSE_MS));
  }
  throw unknown;
}

/** Returns undefined if the outcome can no longer be determined. */
async function lookUp(
  connections: Connections,
  tables: Tables,
  { name, epoch, isNew, header: { position, commitId } }: SentCommit,
): Promise<boolean | undefined> {
  return connections.writing(name, async (transaction) => {
    const reads = [call(tables.tenants.lock, name), call(tables.log.commitIdAt, name, position)];
    let [locked, found] = await transaction.run(reads);
    if (locked?.rows.length === 0 && isNew) {
      // There is no row to lock, but inserting it also waits until the other transaction has ended.
      const insert = call(tables.tenants.insert, name, newEpoch());
      const [inserted, ...repeated] = await transaction.run([insert, ...reads]);
      if (inserted?.count === 1) return false;
      [locked, found] = repeated;
    }
    const [row] = locked?.rows ?? [];
    // The tenant was dropped since.
    if (row === undefined) return undefined;
    const tenant = toTenant(row);
    if (tenant.epoch !== epoch) return isNew ? false : undefined;
    if (tenant.loading !== null || tenant.floor > position) return undefined;
    return commitIdAt(tenant, position, found) === commitId;
  });
}

/** Returns undefined when the time is up; the work continues. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const settled = new AbortController();
  const timeout = systemPause(ms, settled.signal).then(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    settled.abort();
  }
}
