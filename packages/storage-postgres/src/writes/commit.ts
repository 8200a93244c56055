import { isSynthaError } from "@syntha/core";
import type { Clock, Commit, Decide, Outcome } from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import type { Call } from "../connection/statement.ts";
import { hasUnscrubbedValues } from "../connection/sqlstate.ts";
import type { Tables } from "../tables/index.ts";
import { isInLog, retryUntilAnswered, type SentCommit } from "./commit-lookup.ts";
import { scrubSteps } from "./scrub.ts";
import { writingTenant } from "./steps.ts";
import { TenantTransaction } from "./tenant-transaction.ts";

export interface Committed {
  readonly outcomes: readonly Outcome[];
  /** Whether anything was logged. */
  readonly changed: boolean;
  /** Whether other processes were notified of it. */
  readonly isNotified: boolean;
}

/**
 * Decides and applies commits in order, in one transaction; each sees the changes of the previous ones.
 * @param notification of other processes, to be sent along with the commit; undefined if there may be none now
 * @throws UNKNOWN_OUTCOME when the connection is lost during the commit, and its outcome can't be determined in time
 */
export async function commit(
  connections: Connections,
  tables: Tables,
  name: string,
  commits: readonly Commit[],
  decide: Decide,
  clock: Clock | undefined,
  busyMs: number,
  notification: () => Call | undefined,
): Promise<Committed> {
  let outcomes: Outcome[] = [];
  let sent: SentCommit | "unlogged" | undefined;
  const commitOnce = (): Promise<Committed> =>
    writingTenant(connections, name, busyMs, async (transaction) => {
      const tenant = await TenantTransaction.begin(tables, name, transaction, commits, clock);
      outcomes = [];
      try {
        for (const each of commits) outcomes.push(await tenant.decide(each, decide));
        const isNotified = await tenant.commit(notification);
        return { outcomes, changed: tenant.last !== undefined, isNotified };
      } catch (error) {
        if (hasUnscrubbedValues(error)) throw scrubSteps(tables, name, tenant.expired, clock);
        const { epoch, isNew, last } = tenant;
        if (transaction.isUnknown)
          sent = last === undefined ? "unlogged" : { name, epoch, isNew, header: last };
        throw error;
      }
    });
  try {
    return await commitOnce();
  } catch (error) {
    if (sent === undefined) throw error;
    // Without log entries it only extends leases, which can be repeated.
    if (sent === "unlogged") return retryUntilAnswered(busyMs, error, commitOnce);
    if (await isInLog(connections, tables, sent, busyMs, error))
      return { outcomes, changed: true, isNotified: false };
    // The transaction has ended without the commit, so nothing was changed.
    throw isSynthaError(error, "UNKNOWN_OUTCOME") ? error.cause : error;
  }
}
