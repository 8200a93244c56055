import { isSynthaError } from "@syntha/core";
import { newEpoch, systemPause } from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import { call } from "../connection/statement.ts";
import { commitIdAt, commitIdsOf } from "../reads/positions.ts";
import type { Tables } from "../tables/index.ts";
import { toTenant } from "../tables/tenants.ts";
import type { CommitHeader } from "./log-writes.ts";

/** A commit that was sent, and that no answer came for. */
export interface SentCommit {
  readonly name: string;
  readonly epoch: string;
  /** Whether it makes the tenant. */
  readonly isNew: boolean;
  readonly header: CommitHeader;
}

const MIN_PAUSE_MS = 25;
const MAX_PAUSE_MS = 500;

/**
 * Looks whether a commit is there, again and again until it can be seen. Its random mark tells it from any other; the
 * lock that it held tells when it is over.
 * @throws what is given, when it can't be seen in time
 */
export function isInLog(
  connections: Connections,
  tables: Tables,
  sent: SentCommit,
  busyMs: number,
  unknown: unknown,
): Promise<boolean> {
  return retryUntilAnswered(busyMs, unknown, () => lookUpCommit(connections, tables, sent));
}

/**
 * Asks a server that was lost, again and again until it answers.
 * @throws what is given, when there is no answer in time, or none that helps (undefined)
 */
export async function retryUntilAnswered<T>(
  busyMs: number,
  unknown: unknown,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + busyMs;
  for (let pauseMs = MIN_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) break;
    try {
      const answer = await within(leftMs, ask());
      if (answer !== undefined) return answer;
      break;
    } catch (error) {
      if (!isSynthaError(error, "UNAVAILABLE") && !isSynthaError(error, "UNKNOWN_OUTCOME")) break;
    }
    await systemPause(pauseMs);
  }
  throw unknown;
}

/** Undefined for what can't be seen any more. */
async function lookUpCommit(
  connections: Connections,
  tables: Tables,
  { name, epoch, isNew, header: { position, commitId } }: SentCommit,
): Promise<boolean | undefined> {
  return connections.writing(name, async (transaction) => {
    const reads = [call(tables.tenants.lock, name), call(tables.log.commitIdAt, name, position)];
    let [locked, line] = await transaction.run(reads);
    if (locked?.rows.length === 0 && isNew) {
      // No row that it could have locked: but making it as well waits until it is over.
      const insert = call(tables.tenants.insert, name, newEpoch());
      const [made, ...again] = await transaction.run([insert, ...reads]);
      if (made?.count === 1) return false;
      [locked, line] = again;
    }
    const [row] = locked?.rows ?? [];
    // It was dropped since, with whatever it held.
    if (row === undefined) return undefined;
    const tenant = toTenant(row);
    if (tenant.epoch !== epoch) return isNew ? false : undefined;
    if (tenant.loading !== null || tenant.floor > position) return undefined;
    return commitIdAt(tenant, commitIdsOf(position, line), position) === commitId;
  });
}

/** What takes longer is left to itself. */
function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    work.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
