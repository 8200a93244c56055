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
import type { SyncStorage } from "./sync-storage.ts";
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
    const { outcomes, changed } = await this.#write((storage) =>
      storage.commit(tenant, commits, decide),
    );
    if (changed) this.#notifier.notify(tenant);
    return outcomes;
  }

  get(
    tenant: string,
    actor: Actor,
    keys: readonly string[],
  ): Promise<Snapshot & { readonly items: readonly (ItemRow | undefined)[] }> {
    return this.#access.read((storage) => storage.get(tenant, actor, keys));
  }

  list(tenant: string, query: ItemQuery): Promise<ItemPage> {
    return this.#access.read((storage) => storage.list(tenant, query));
  }

  events(tenant: string, query: EventQuery): Promise<EventPage> {
    return this.#access.read((storage) => storage.events(tenant, query));
  }

  agents(tenant: string, query: AgentQuery): Promise<AgentPage> {
    return this.#access.read((storage) => storage.agents(tenant, query));
  }

  topics(tenant: string, query: TopicQuery): Promise<TopicPage> {
    return this.#access.read((storage) => storage.topics(tenant, query));
  }

  stats(tenant: string): Promise<Snapshot & Counts> {
    return this.#access.read((storage) => storage.stats(tenant));
  }

  log(tenant: string, query: LogQuery): Promise<LogPage> {
    return this.#access.read((storage) => storage.log(tenant, query));
  }

  onCommit(tenant: string, listener: () => void): () => void {
    return this.#notifier.onCommit(tenant, listener);
  }

  listTenants(query: TenantQuery): Promise<TenantPage> {
    return this.#access.read((storage) => storage.listTenants(query));
  }

  async dropTenant(request: DropRequest): Promise<DropResult> {
    const { tenantId } = request;
    const { existed, isComplete } = await this.#write((storage) => storage.dropTenant(request));
    if (existed) this.#notifier.notify(tenantId);
    if (!isComplete) await this.#runSteps((storage) => storage.dropStep(tenantId));
    return { existed };
  }

  async compact(request: CompactRequest): Promise<CompactResult> {
    const { floor, isDue } = await this.#access.read((storage) => storage.compactionOf(request));
    if (!isDue) return { floor, removed: 0, more: false };
    return this.#write((storage) => storage.compact(request));
  }

  dump(request: DumpRequest): Promise<DumpPage> {
    return this.#access.read((storage) => storage.dump(request));
  }

  async load(request: LoadRequest): Promise<LoadResult> {
    for (;;) {
      const loaded = await this.#write((storage) => storage.load(request));
      if (loaded?.loading === null) this.#notifier.notify(request.tenantId);
      if (loaded !== undefined) return loaded;
    }
  }

  /** Runs `work` after any steps that it requires. */
  async #write<T>(work: (storage: SyncStorage) => T): Promise<T> {
    for (;;) {
      try {
        return await this.#access.write(work);
      } catch (error) {
        if (!(error instanceof StepsRequired)) throw error;
        await this.#runSteps((storage) => storage.runStep(error));
      }
    }
  }

  /** Runs steps, each in a transaction, until no work is left. */
  async #runSteps(step: (storage: SyncStorage) => boolean): Promise<void> {
    // Another process that waits for the lock retries after a millisecond or more.
    while (!(await this.#access.write(step))) await systemPause(2);
  }
}
