import type { Clock, Commit, Decide, Outcome } from "@syntha/core/storage";
import { isSynthaError } from "@syntha/core";
import type { Connections } from "../connections/connections.ts";
import { call } from "../connections/statement.ts";
import { isCollision, unknownOutcome } from "../failure.ts";
import type { Sql } from "../tables/index.ts";
import { toTenant } from "../tables/tenant.ts";
import type { CommitLine } from "./write-set.ts";
import { TenantTransaction } from "./tenant-transaction.ts";

export interface Committed {
  readonly outcomes: readonly Outcome[];
  readonly changed: boolean;
}

/** How often a transaction that others were in the way of is tried again. */
const MOST_TRIES = 5;

/** Decides and applies commits in their order, each on what those before it left, in one transaction. */
export async function commit(
  connections: Connections,
  sql: Sql,
  tenant: string,
  commits: readonly Commit[],
  decide: Decide,
  clock: Clock | undefined,
): Promise<Committed> {
  for (let tries = 1; ; tries++) {
    try {
      return await commitOnce(connections, sql, tenant, commits, decide, clock);
    } catch (error) {
      if (tries === MOST_TRIES || !isSynthaError(error) || !isCollision(error.cause)) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 ** tries * 5));
    }
  }
}

async function commitOnce(
  connections: Connections,
  sql: Sql,
  name: string,
  commits: readonly Commit[],
  decide: Decide,
  clock: Clock | undefined,
): Promise<Committed> {
  let outcomes: Outcome[] = [];
  let sent: { readonly epoch: string; readonly line: CommitLine } | undefined;
  try {
    return await connections.writing(name, async (transaction) => {
      const tenant = await TenantTransaction.begin(sql, name, transaction, commits, clock);
      outcomes = [];
      for (const each of commits) outcomes.push(await tenant.decide(each, decide));
      const { epoch, last } = tenant;
      if (last === undefined) return { outcomes, changed: false };
      try {
        await tenant.commit();
      } catch (error) {
        if (transaction.isUnknown) sent = { epoch, line: last };
        throw error;
      }
      return { outcomes, changed: true };
    });
  } catch (error) {
    if (sent === undefined) throw error;
    if (await isInLog(connections, sql, name, sent.epoch, sent.line, error))
      return { outcomes, changed: true };
    // The server has it not, and never will: its transaction is gone with its lock.
    throw error;
  }
}

/**
 * Looks whether a commit that no answer came for is there. Its random mark tells it from any other; the lock that it
 * held tells when it is over.
 * @throws UNKNOWN_OUTCOME when that can't be seen either.
 */
async function isInLog(
  connections: Connections,
  sql: Sql,
  name: string,
  epoch: string,
  { position, mark }: CommitLine,
  cause: unknown,
): Promise<boolean> {
  try {
    return await connections.writing(name, async (transaction) => {
      const [locked, line] = await transaction.run([
        call(sql.tenant.lock, name),
        call(sql.log.mark, name, position),
      ]);
      const row = locked?.rows[0];
      // A first commit makes the row that it locks: where there is none, it is gone or still under way.
      if (row === undefined) throw unknownOutcome(cause);
      const tenant = toTenant(row);
      if (tenant.epoch !== epoch || tenant.floor >= position) throw unknownOutcome(cause);
      return line?.rows[0]?.[0] === mark;
    });
  } catch {
    throw unknownOutcome(cause);
  }
}
