import {
  type AgentPage,
  type AgentQuery,
  type Commit,
  type CompactRequest,
  type CompactResult,
  type Counts,
  type Decide,
  type DropRequest,
  type DropResult,
  type DumpPage,
  type DumpRequest,
  type EventPage,
  type EventQuery,
  type ItemPage,
  type ItemQuery,
  FULL_SUPPORT,
  type ItemRow,
  type LoadRequest,
  type LoadResult,
  type LogPage,
  type LogQuery,
  type Outcome,
  pageOf,
  type Actor,
  type Snapshot,
  type Storage,
  systemPause,
  type TenantPage,
  type TenantQuery,
  type TopicPage,
  type TopicQuery,
} from "@syntha/core/storage";
import { Access } from "./connection/access.ts";
import { CommitNotifier } from "./notifications/commit-notifier.ts";
import type { SqliteStorageOptions } from "./options.ts";
import { durabilityOf, type Settings, toSettings } from "./settings.ts";
import { agents } from "./reads/agents.ts";
import { dump } from "./reads/dump.ts";
import { events } from "./reads/events.ts";
import { list } from "./reads/list.ts";
import { log } from "./reads/log.ts";
import { stats } from "./reads/stats.ts";
import { topics } from "./reads/topics.ts";
import type { Tables } from "./tables/index.ts";
import { commit } from "./writes/commit.ts";
import { compact, isCompactionDue } from "./writes/compact.ts";
import { drop } from "./writes/drop.ts";
import { dropSteps } from "./writes/drop-steps.ts";
import { load } from "./writes/load.ts";
import { StepsRequired } from "./writes/steps.ts";

/**
 * Stores meshes in a SQLite file. Several processes of one machine can share the file; a watch receives commits of other
 * processes within milliseconds, at most after {@link SqliteStorageOptions.pollEvery}. A mesh opens the storage on first use and closes it.
 *
 * A call rejects with UNAVAILABLE for a lock that is not released within `busyTimeout`, a full or failing disk, or a file
 * that was deleted or replaced: nothing was changed. It rejects with UNKNOWN_OUTCOME when the disk fails during a commit.
 *
 * @example
 * import { ContextMesh } from "@syntha/core";
 * import { SqliteStorage } from "@syntha/storage-sqlite";
 *
 * const storage = new SqliteStorage({ path: "mesh.db" });
 * await using mesh = new ContextMesh({ storage });
 */
export class SqliteStorage implements Storage {
  readonly traits: Storage["traits"];
  readonly supports = FULL_SUPPORT;
  readonly #settings: Settings;
  readonly #access: Access;
  readonly #notifier: CommitNotifier;

  /** Does not access the file. @throws INVALID_ARGUMENTS */
  constructor(options: SqliteStorageOptions) {
    this.#settings = toSettings(options);
    this.#access = new Access(this.#settings);
    const { pollMs } = this.#settings;
    const durability = durabilityOf(this.#settings);
    this.#notifier = new CommitNotifier(pollMs, durability !== "none");
    this.traits = { durability, system: "sqlite" };
  }

  /**
   * Opens the file, or creates it, and runs pending migrations; with `migrate: false` it does neither.
   *
   * @throws MISCONFIGURED when the file or its directory can't be used
   * @throws STORAGE_MISMATCH when the file is another program's, damaged, or from a release that this one can't read;
   * with `migrate: false` also when tables are missing or older
   * @throws UNAVAILABLE when another connection keeps the file locked
   */
  open(): Promise<void> {
    return this.#access.open((session) => this.#notifier.start(session));
  }

  /** Rejects new calls with CLOSED, waits for those in progress, and closes the file. */
  close(): Promise<void> {
    return this.#access.close(() => this.#notifier.stop());
  }

  async commit(
    tenant: string,
    commits: readonly Commit[],
    decide: Decide,
  ): Promise<readonly Outcome[]> {
    const { clock } = this.#settings;
    const { outcomes, changed } = await this.#write(
      (tables) => commit(tables, tenant, commits, decide, clock),
      (result) => result.hasWrites,
    );
    if (changed) this.#notifier.notify(tenant);
    return outcomes;
  }

  get(
    tenant: string,
    actor: Actor,
    keys: readonly string[],
  ): Promise<Snapshot & { readonly items: readonly (ItemRow | undefined)[] }> {
    return this.#access.read(({ get }) => get.read(tenant, actor, keys, this.#now()));
  }

  list(tenant: string, query: ItemQuery): Promise<ItemPage> {
    return this.#read((tables) => list(tables, tenant, query, this.#now()));
  }

  events(tenant: string, query: EventQuery): Promise<EventPage> {
    return this.#read((tables) => events(tables, tenant, query, this.#now()));
  }

  agents(tenant: string, query: AgentQuery): Promise<AgentPage> {
    return this.#read((tables) => agents(tables, tenant, query, this.#now()));
  }

  topics(tenant: string, query: TopicQuery): Promise<TopicPage> {
    return this.#read((tables) => topics(tables, tenant, query, this.#now()));
  }

  stats(tenant: string): Promise<Snapshot & Counts> {
    return this.#read((tables) => stats(tables, tenant, this.#now()));
  }

  log(tenant: string, query: LogQuery): Promise<LogPage> {
    return this.#read((tables) => log(tables, tenant, query, this.#now()));
  }

  onCommit(tenant: string, listener: () => void): () => void {
    return this.#notifier.onCommit(tenant, listener);
  }

  listTenants({ after = "", limit }: TenantQuery): Promise<TenantPage> {
    return this.#read((tables) => {
      const { page, next } = pageOf(tables.tenants.names(after, limit + 1), limit);
      return { tenantIds: page, next };
    });
  }

  async dropTenant({ tenantId, ifLoading }: DropRequest): Promise<DropResult> {
    const { existed, isComplete } = await this.#write(
      (tables) => drop(tables, tenantId, ifLoading),
      (dropped) => dropped.existed,
    );
    if (existed) this.#notifier.notify(tenantId);
    if (!isComplete) await this.#runSteps(dropSteps(tenantId));
    return { existed };
  }

  async compact(request: CompactRequest): Promise<CompactResult> {
    const { floor, due } = await this.#read((tables) =>
      isCompactionDue(tables, request, this.#now()),
    );
    if (!due) return { floor, removed: 0, more: false };
    return this.#write((tables) => compact(tables, request, this.#now()));
  }

  dump(request: DumpRequest): Promise<DumpPage> {
    return this.#read((tables) => dump(tables, request));
  }

  async load(request: LoadRequest): Promise<LoadResult> {
    for (;;) {
      const loaded = await this.#write((tables) => load(tables, request));
      if (loaded?.loading === null) this.#notifier.notify(request.tenantId);
      if (loaded !== undefined) return loaded;
    }
  }

  #now(): number {
    return this.#settings.clock();
  }

  /** Runs `work` in one snapshot. */
  #read<T>(work: (tables: Tables) => T): Promise<T> {
    return this.#access.read(({ tables, transactions }) => transactions.read(() => work(tables)));
  }

  /** Runs `work` in a transaction, after any steps that it requires. */
  async #write<T>(work: (tables: Tables) => T, isKept?: (result: T) => boolean): Promise<T> {
    for (;;) {
      try {
        return await this.#access.write(({ tables, transactions }) =>
          transactions.write(() => work(tables), isKept),
        );
      } catch (error) {
        if (!(error instanceof StepsRequired)) throw error;
        await this.#runSteps(error);
      }
    }
  }

  /** Runs steps, each in a transaction, until no work is left. */
  async #runSteps({ step }: StepsRequired): Promise<void> {
    const run = (): Promise<boolean> =>
      this.#access.write(({ tables, transactions }) =>
        transactions.write(() => step(tables, this.#now())),
      );
    // Another process that waits for the lock retries after a millisecond or more.
    while (!(await run())) await systemPause(2);
  }
}
