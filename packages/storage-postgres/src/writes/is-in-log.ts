import { isSynthaError } from "@syntha/core";
import { newEpoch, systemPause } from "@syntha/core/storage";
import type { Connections } from "../connections/connections.ts";
import { call } from "../connections/statement.ts";
import { markAt, marksOf } from "../reads/place.ts";
import type { Sql } from "../tables/index.ts";
import { toTenant } from "../tables/tenant.ts";
import type { CommitHeader } from "./line-writes.ts";

/** A commit that was sent, and that no answer came for. */
export interface Sent {
  readonly name: string;
  readonly epoch: string;
  /** Whether it makes the tenant. */
  readonly isNew: boolean;
  readonly line: CommitHeader;
}

const SHORTEST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

/**
 * Looks whether a commit is there, again and again until it can be seen. Its random mark tells it from any other; the
 * lock that it held tells when it is over.
 * @throws what is given, when it can't be seen in time
 */
export function isInLog(
  connections: Connections,
  sql: Sql,
  sent: Sent,
  patienceMs: number,
  unknown: unknown,
): Promise<boolean> {
  return askedAgain(patienceMs, unknown, () => look(connections, sql, sent));
}

/**
 * Asks a server that was lost, again and again until it answers.
 * @throws what is given, when there is no answer in time, or none that helps (undefined)
 */
export async function askedAgain<T>(
  patienceMs: number,
  unknown: unknown,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (let pauseMs = SHORTEST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
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
async function look(
  connections: Connections,
  sql: Sql,
  { name, epoch, isNew, line: { position, commitId } }: Sent,
): Promise<boolean | undefined> {
  return connections.writing(name, async (transaction) => {
    const reads = [call(sql.tenant.lock, name), call(sql.log.mark, name, position)];
    let [locked, line] = await transaction.run(reads);
    if (locked?.rows.length === 0 && isNew) {
      // No row that it could have locked: but making it as well waits until it is over.
      const insert = call(sql.tenant.insert, name, newEpoch());
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
    return markAt(tenant, marksOf(position, line), position) === commitId;
  });
}

/** What takes longer is left to itself. */
function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    work.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
