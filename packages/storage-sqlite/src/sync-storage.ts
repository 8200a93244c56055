import {
  type AgentPage,
  type AgentQuery,
  type Clock,
  type Commit,
  type CompactRequest,
  type CompactResult,
  type Counts,
  type Decide,
  type DropRequest,
  type DumpPage,
  type DumpRequest,
  type EventPage,
  type EventQuery,
  type ItemPage,
  type ItemQuery,
  type LoadRequest,
  type LoadResult,
  type LogPage,
  type LogQuery,
  pageOf,
  type Actor,
  type Snapshot,
  type TenantPage,
  type TenantQuery,
  type TopicPage,
  type TopicQuery,
} from "@syntha/core/storage";
import { migrate } from "./migrations/migrate.ts";
import { agents } from "./reads/agents.ts";
import { dump } from "./reads/dump.ts";
import { events } from "./reads/events.ts";
import { Get, type GetResult } from "./reads/get.ts";
import { list } from "./reads/list.ts";
import { log } from "./reads/log.ts";
import { stats } from "./reads/stats.ts";
import { topics } from "./reads/topics.ts";
import type { SqlDatabase, SqlTransactions } from "./sql/database.ts";
import { Tables } from "./tables/index.ts";
import { commit, type CommitResult } from "./writes/commit.ts";
import { compact, isCompactionDue } from "./writes/compact.ts";
import { drop, type DropProgress } from "./writes/drop.ts";
import { dropSteps } from "./writes/drop-steps.ts";
import { load } from "./writes/load.ts";
import type { StepsRequired } from "./writes/steps.ts";

/** Creates the tables, or brings them to this release. @throws STORAGE_MISMATCH when they are from a newer one */
export function prepareTables(database: SqlDatabase, transactions: SqlTransactions): void {
  migrate(database, transactions);
}

/** What a database has of a tenant; `hidden` is one that is being loaded or dropped. */
export type Presence = "none" | "hidden" | "complete";

export interface SyncStorageOptions {
  /** The current time, in whole milliseconds. */
  readonly clock: Clock;
  /**
   * Whether the database is in a transaction that is not of `transactions`.
   * @default it never is
   */
  readonly isInOtherTransaction?: (() => boolean) | undefined;
}

/**
 * Storage's methods on one SQLite database, each within the call: they return what a method of `Storage` resolves to.
 * The database has the tables of this release ({@link prepareTables}). A host adds waiting, notifications and its errors.
 *
 * `commit`, `dropTenant`, `compact` and `load` throw {@link StepsRequired} when other transactions must run first: call
 * {@link runStep} until it returns true, with pauses for other callers, and then the method again.
 */
export class SyncStorage {
  readonly #tables: Tables;
  readonly #transactions: SqlTransactions;
  readonly #get: Get;
  readonly #clock: Clock;

  constructor(
    database: SqlDatabase,
    transactions: SqlTransactions,
    { clock, isInOtherTransaction = () => false }: SyncStorageOptions,
  ) {
    this.#tables = new Tables(database);
    this.#transactions = transactions;
    this.#get = new Get(database, this.#tables, transactions, isInOtherTransaction);
    this.#clock = clock;
  }

  /** @param mayCreate Otherwise commits that would create the tenant are rolled back: `isCreated` of the result is true. */
  commit(
    tenant: string,
    commits: readonly Commit[],
    decide: Decide,
    mayCreate = true,
  ): CommitResult {
    return this.#transactions.write(
      () => commit(this.#tables, tenant, commits, decide, this.#clock),
      (result) => result.hasWrites && (mayCreate || !result.isCreated),
    );
  }

  get(tenant: string, actor: Actor, keys: readonly string[]): GetResult {
    return this.#get.read(tenant, actor, keys, this.#clock());
  }

  list(tenant: string, query: ItemQuery): ItemPage {
    return this.#read((tables, now) => list(tables, tenant, query, now));
  }

  events(tenant: string, query: EventQuery): EventPage {
    return this.#read((tables, now) => events(tables, tenant, query, now));
  }

  agents(tenant: string, query: AgentQuery): AgentPage {
    return this.#read((tables, now) => agents(tables, tenant, query, now));
  }

  topics(tenant: string, query: TopicQuery): TopicPage {
    return this.#read((tables, now) => topics(tables, tenant, query, now));
  }

  stats(tenant: string): Snapshot & Counts {
    return this.#read((tables, now) => stats(tables, tenant, now));
  }

  log(tenant: string, query: LogQuery): LogPage {
    return this.#read((tables, now) => log(tables, tenant, query, now));
  }

  listTenants({ after = "", limit }: TenantQuery): TenantPage {
    return this.#read((tables) => {
      const { page, next } = pageOf(tables.tenants.names(after, limit + 1), limit);
      return { tenantIds: page, next };
    });
  }

  presenceOf(tenant: string): Presence {
    return this.#read(({ tenants }) => {
      if (tenants.find(tenant) !== undefined) return "complete";
      const isHidden =
        tenants.findLoading(tenant) !== undefined || tenants.findDropped(tenant) !== undefined;
      return isHidden ? "hidden" : "none";
    });
  }

  /** When the first item of a tenant expires that is not swept yet; undefined if none will. */
  nextExpiry(tenant: string): number | undefined {
    return this.#read(({ tenants, items }) => {
      const found = tenants.find(tenant);
      return found && items.nextExpiry(found.id);
    });
  }

  /** Removes a small tenant, and hides a large one, whose rows {@link dropStep} removes. */
  dropTenant({ tenantId, ifLoading }: DropRequest): DropProgress {
    return this.#transactions.write(
      () => drop(this.#tables, tenantId, ifLoading),
      (dropped) => dropped.existed,
    );
  }

  /** Removes more rows of a hidden tenant. Returns whether none is left. */
  dropStep(tenant: string): boolean {
    return this.runStep(dropSteps(tenant));
  }

  /** Whether `compact` would remove anything, and the log's floor. It needs no lock. */
  compactionOf(request: CompactRequest): { readonly floor: number; readonly isDue: boolean } {
    return this.#read((tables, now) => isCompactionDue(tables, request, now));
  }

  compact(request: CompactRequest): CompactResult {
    return this.#transactions.write(() => compact(this.#tables, request, this.#clock()));
  }

  dump(request: DumpRequest): DumpPage {
    return this.#read((tables) => dump(tables, request));
  }

  /** Returns undefined when it only removed rows that were loaded before: call it again. */
  load(request: LoadRequest): LoadResult | undefined {
    return this.#transactions.write(() => load(this.#tables, request));
  }

  /** Runs one transaction of the required ones. Returns whether no work is left. */
  runStep({ step }: StepsRequired): boolean {
    return this.#transactions.write(() => step(this.#tables, this.#clock()));
  }

  /** Runs `work` in one snapshot, which has the time at its start. */
  #read<T>(work: (tables: Tables, now: number) => T): T {
    return this.#transactions.read(() => work(this.#tables, this.#clock()));
  }
}
