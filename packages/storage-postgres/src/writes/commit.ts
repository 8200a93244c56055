import type { Clock, Commit, Decide, Outcome } from "@syntha/core/storage";
import { isSynthaError } from "@syntha/core";
import type { Connections } from "../connection/connections.ts";
import type { Tables } from "../tables/index.ts";
import { hasUnscrubbedValues } from "../connection/sqlstate.ts";
import { retryUntilAnswered, isInLog, type SentCommit } from "./commit-lookup.ts";
import { scrubNeeded } from "./scrub.ts";
import { writingTenant } from "./steps.ts";
import { TenantTransaction } from "./tenant-transaction.ts";

export interface Committed {
  readonly outcomes: readonly Outcome[];
  readonly changed: boolean;
}

/**
 * Decides and applies commits in their order, each on what those before it left, in one transaction.
 * @throws UNKNOWN_OUTCOME when the connection is lost in the end, and it can't be seen in time what came of it
 */
export async function commit(
  connections: Connections,
  tables: Tables,
  name: string,
  commits: readonly Commit[],
  decide: Decide,
  clock: Clock | undefined,
  busyMs: number,
): Promise<Committed> {
  let outcomes: Outcome[] = [];
  let sent: SentCommit | "unlogged" | undefined;
  const commitOnce = (): Promise<Committed> =>
    writingTenant(connections, name, busyMs, async (transaction) => {
      const tenant = await TenantTransaction.begin(tables, name, transaction, commits, clock);
      outcomes = [];
      try {
        for (const each of commits) outcomes.push(await tenant.decide(each, decide));
        await tenant.commit();
      } catch (error) {
        if (hasUnscrubbedValues(error)) throw scrubNeeded(tables, name, tenant.expired, clock);
        const { epoch, isNew, last } = tenant;
        if (transaction.isUnknown)
          sent = last === undefined ? "unlogged" : { name, epoch, isNew, header: last };
        throw error;
      }
      return { outcomes, changed: tenant.last !== undefined };
    });
  try {
    return await commitOnce();
  } catch (error) {
    if (sent === undefined) throw error;
    // Leases that were extended: extending them again does no harm, and no line of the log could tell.
    if (sent === "unlogged") return retryUntilAnswered(busyMs, error, commitOnce);
    // The server has it not, and never will: its transaction is gone with its lock.
    if (await isInLog(connections, tables, sent, busyMs, error)) return { outcomes, changed: true };
    throw isSynthaError(error, "UNKNOWN_OUTCOME") ? error.cause : error;
  }
}
