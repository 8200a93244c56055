import type { Actor } from "../route/visibility.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Commit } from "./operation.ts";
import type { Decide, Outcome } from "./outcome.ts";
import type {
  AgentPage,
  AgentQuery,
  Counts,
  EventPage,
  EventQuery,
  ItemPage,
  ItemQuery,
  LogPage,
  LogQuery,
  MaintenanceResult,
  MaintenanceTask,
  Snapshot,
  TopicPage,
  TopicQuery,
} from "./query.ts";

/**
 * What an acknowledged write survives: nothing but the process' own life, a killed process, or a power cut.
 */
export type Durability = "none" | "process" | "power";

/**
 * Where meshes live. Every method is atomic and answers from one snapshot; every method but `maintain` takes the
 * tenant and can't reach another one. A tenant exists from its first commit on; reading one that does not exist gives
 * nothing. Rules are core's: a storage supplies facts, applies changes, and scans the targets that core names.
 *
 * Rejections are `SynthaError`s: UNAVAILABLE when it can't be reached or is busy and the same call may succeed later
 * (nothing changed), MISCONFIGURED when it fails until the configuration changes (nothing changed), UNKNOWN_OUTCOME
 * when a commit may or may not have happened, STORAGE_MISMATCH when it holds something else, CLOSED after `close`.
 */
export interface Storage {
  readonly traits: {
    readonly durability: Durability;
    /** What database it is, as OpenTelemetry calls it in `db.system.name`: `sqlite`, `postgresql`, `redis`. */
    readonly system?: string;
  };

  /** Called once before use; again after `close` to use it anew. */
  open(): Promise<void>;

  /** Ends everything; what is under way is finished first. Called any number of times. */
  close(): Promise<void>;

  /**
   * Decides and applies commits in their order; each is atomic and takes one position, unless it changes nothing.
   * They may share a transaction, but a refused one leaves the others alone. `decide` is core's, run on facts that
   * still hold when its changes are applied.
   */
  commit(tenant: string, commits: readonly Commit[], decide: Decide): Promise<readonly Outcome[]>;

  /** What `as` sees of these keys, in their order; undefined for what it does not see or is not there. */
  get(
    tenant: string,
    as: Actor,
    keys: readonly string[],
  ): Promise<Snapshot & { readonly items: readonly (ItemRow | undefined)[] }>;

  /** What `as` sees, in key order. Costs what it returns. */
  list(tenant: string, query: ItemQuery): Promise<ItemPage>;

  /** Events that `as` sees, in log order. Costs what it returns. */
  events(tenant: string, query: EventQuery): Promise<EventPage>;

  agents(tenant: string, query: AgentQuery): Promise<AgentPage>;

  topics(tenant: string, query: TopicQuery): Promise<TopicPage>;

  /** Costs the same whatever the tenant holds, but for items that expired and are not swept yet. */
  stats(tenant: string): Promise<Snapshot & Counts>;

  /** The raw log, for core's watch and history to filter. */
  log(tenant: string, query: LogQuery): Promise<LogPage>;

  /**
   * Rings after commits of any process, perhaps late by some milliseconds, perhaps for nothing; and once when the storage
   * can't be reached any longer, so that listeners read, and learn of it by the error. Returns how to stop it.
   */
  onCommit(tenant: string, ring: () => void): () => void;

  /** The one method that works on whole tenants. */
  maintain<T extends MaintenanceTask>(task: T): Promise<MaintenanceResult<T>>;
}
