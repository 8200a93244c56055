import type { Actor } from "../route/visibility.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { CompactRequest, CompactResult } from "./compaction.ts";
import type { Commit } from "./operation.ts";
import type { Decide, Outcome } from "./outcome.ts";
import type {
  AgentPage,
  AgentQuery,
  Counts,
  DropRequest,
  DropResult,
  EventPage,
  EventQuery,
  ItemPage,
  ItemQuery,
  LogPage,
  LogQuery,
  Snapshot,
  TenantPage,
  TenantQuery,
  TopicPage,
  TopicQuery,
} from "./query.ts";
import type { DumpPage, DumpRequest, LoadRequest, LoadResult } from "./tenant-record.ts";

/**
 * What an acknowledged write survives: not even the end of the process that stores it, a kill of that process, or a power
 * cut. The process is the application, or the database server if there is one.
 */
export type Durability = "none" | "process" | "power";

/** The optional capabilities of a storage. Core calls what belongs to a capability only if it is `true`. */
export interface StorageSupport {
  /** `compact`. Without it the log grows without bound: retention has no effect, and `mesh.compact()` rejects. */
  readonly compaction: boolean;
  /** `dump` and `load`: tenants can be copied, compared, exported and imported. */
  readonly dump: boolean;
  /**
   * `agents` with `at`: subscriptions as they were after an earlier commit. Without it, watches of agents and
   * `changes()` after a cursor reject; those of the system do not need it.
   */
  readonly pastSubscriptions: boolean;
}

/**
 * Stores the tenants of meshes.
 *
 * **Isolation.** Writes to a tenant are strictly serializable: `commit` decides each commit on facts that still hold when
 * its changes are applied, and a call that starts after an acknowledged commit observes it. Each read is one snapshot:
 * all that a call returns is the state after one commit, and two calls may return different ones. Tenants are
 * independent of each other. An interactive transaction is not needed: an engine without one reads the facts, decides,
 * and applies the changes on condition that the tenant's epoch and head are unchanged; otherwise it decides again.
 *
 * **Tenants.** Every method but `listTenants` takes one tenant and cannot access another. A tenant exists from its first
 * commit on; reading one that does not exist returns empty results. Core has the rules: a storage supplies facts,
 * applies changes, and scans the audience buckets that core names.
 *
 * **Errors** are `SynthaError`s: UNAVAILABLE when the storage cannot be reached or is busy and the same call may succeed
 * later (nothing changed), MISCONFIGURED when it fails until the configuration changes (nothing changed),
 * UNKNOWN_OUTCOME when a commit may or may not have happened, STORAGE_MISMATCH when the database holds something else,
 * CLOSED after `close`.
 *
 * `docs/writing-a-storage.md` has a complete sample and the order of work.
 */
export interface Storage {
  readonly traits: {
    readonly durability: Durability;
    /** The database, as OpenTelemetry names it in `db.system.name`: `sqlite`, `postgresql`, `redis`. */
    readonly system?: string;
    /**
     * The server of the database, by the name and version that it reports; undefined until the storage is open.
     * `isTested` is false for a server that the storage's tests do not run on, however compatible it may be.
     */
    readonly server?: { readonly version: string; readonly isTested: boolean } | undefined;
  };

  /** The optional methods at the end of this interface exist if their capability is `true` here. */
  readonly supports: StorageSupport;

  /** Called once before use, and again after `close` to use the storage again. */
  open(): Promise<void>;

  /** Waits for calls that were made before, running or queued, then releases everything. Later ones reject. Idempotent. */
  close(): Promise<void>;

  /**
   * Decides and applies commits in order. Each is atomic and takes one position, unless it changes nothing. They may
   * share a transaction, but a rejected commit does not affect the others. A storage that runs core's rules where its
   * data is, such as in a Durable Object, sends the commits there and decides by that copy of core.
   */
  commit(tenantId: string, commits: readonly Commit[], decide: Decide): Promise<readonly Outcome[]>;

  /** The items of these keys, in their order; undefined where `actor` does not see one or there is none. */
  get(
    tenantId: string,
    actor: Actor,
    keys: readonly string[],
  ): Promise<Snapshot & { readonly items: readonly (ItemRow | undefined)[] }>;

  /** Items that the actor sees, in key order. The cost follows the number of rows returned. */
  list(tenantId: string, query: ItemQuery): Promise<ItemPage>;

  /** Events that the actor sees, in log order. The cost follows the number of rows returned. */
  events(tenantId: string, query: EventQuery): Promise<EventPage>;

  /** One agent, also one that is not known, the subscribers of a topic, or the agents that are known. */
  agents(tenantId: string, query: AgentQuery): Promise<AgentPage>;

  /** Topics with a subscriber or an item that is not expired. */
  topics(tenantId: string, query: TopicQuery): Promise<TopicPage>;

  /** The cost does not depend on what the tenant holds, except for items that are expired and not swept yet. */
  stats(tenantId: string): Promise<Snapshot & Counts>;

  /** The unfiltered log, for core's watch and history. */
  log(tenantId: string, query: LogQuery): Promise<LogPage>;

  /**
   * Calls the listener after commits of any process. A call may be some milliseconds late or have no cause. It is called
   * once when the storage becomes unreachable, so that listeners read and receive the error.
   * @returns Removes the listener.
   */
  onCommit(tenantId: string, listener: () => void): () => void;

  listTenants(query: TenantQuery): Promise<TenantPage>;

  /**
   * Removes all data of a tenant, also of one that is being loaded. All readers and writers stop seeing it at once; the
   * rows of a large one may be removed in several transactions.
   */
  dropTenant(request: DropRequest): Promise<DropResult>;

  /** One step of a compaction. Present if `supports.compaction`. */
  compact?(request: CompactRequest): Promise<CompactResult>;

  /** A page of a tenant's records, also of a tenant that is being loaded. Present if `supports.dump`. */
  dump?(request: DumpRequest): Promise<DumpPage>;

  /** Writes a page of records into a tenant that is hidden until the last page. Present if `supports.dump`. */
  load?(request: LoadRequest): Promise<LoadResult>;
}
