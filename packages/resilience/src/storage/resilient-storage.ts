import {
  type AgentPage,
  type AgentQuery,
  checkStorage,
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
  type ItemRow,
  type LoadRequest,
  type LoadResult,
  type LogPage,
  type LogQuery,
  type Outcome,
  type Actor,
  type Snapshot,
  requireSupport,
  type Storage,
  type TenantPage,
  type TenantQuery,
  type TopicPage,
  type TopicQuery,
} from "@syntha/core/storage";
import type { CircuitBreaker } from "../breaker/circuit-breaker.ts";
import type { PolicyOptions } from "../policy/options.ts";
import { type CallKind, Policies } from "../policy/policies.ts";

const READ: CallKind = { isRead: true };
const WRITE: CallKind = { isRead: false };
/** Making tables, or copying a tenant, takes the time that it takes; opening twice does no harm. */
const LONG_READ: CallKind = { isRead: true, isLong: true };
const LONG_WRITE: CallKind = { isRead: false, isLong: true };

/** A storage, reached by policies. Its answers are the storage's own. */
export class ResilientStorage implements Storage {
  readonly breaker: CircuitBreaker;
  readonly #storage: Storage;
  readonly #policies: Policies;

  constructor(storage: Storage, policies: Policies) {
    this.#storage = storage;
    this.#policies = policies;
    this.breaker = policies.breaker;
  }

  get traits(): Storage["traits"] {
    return this.#storage.traits;
  }

  get supports(): Storage["supports"] {
    return this.#storage.supports;
  }

  open(): Promise<void> {
    return this.#policies.run(() => this.#storage.open(), LONG_READ);
  }

  /** Always let through: what is open must close. */
  close(): Promise<void> {
    return this.#storage.close();
  }

  /** Repeated only where none of the commits happened: they are decided anew, on the facts of then. */
  commit(tenant: string, commits: readonly Commit[], decide: Decide): Promise<readonly Outcome[]> {
    return this.#policies.run(() => this.#storage.commit(tenant, commits, decide), WRITE);
  }

  get(
    tenant: string,
    as: Actor,
    keys: readonly string[],
  ): Promise<Snapshot & { readonly items: readonly (ItemRow | undefined)[] }> {
    return this.#policies.run(() => this.#storage.get(tenant, as, keys), READ);
  }

  list(tenant: string, query: ItemQuery): Promise<ItemPage> {
    return this.#policies.run(() => this.#storage.list(tenant, query), READ);
  }

  events(tenant: string, query: EventQuery): Promise<EventPage> {
    return this.#policies.run(() => this.#storage.events(tenant, query), READ);
  }

  agents(tenant: string, query: AgentQuery): Promise<AgentPage> {
    return this.#policies.run(() => this.#storage.agents(tenant, query), READ);
  }

  topics(tenant: string, query: TopicQuery): Promise<TopicPage> {
    return this.#policies.run(() => this.#storage.topics(tenant, query), READ);
  }

  stats(tenant: string): Promise<Snapshot & Counts> {
    return this.#policies.run(() => this.#storage.stats(tenant), READ);
  }

  log(tenant: string, query: LogQuery): Promise<LogPage> {
    return this.#policies.run(() => this.#storage.log(tenant, query), READ);
  }

  /** Past the policies: to listen is no call, and what it rings for is read by `log`. */
  onCommit(tenant: string, ring: () => void): () => void {
    return this.#storage.onCommit(tenant, ring);
  }

  listTenants(query: TenantQuery): Promise<TenantPage> {
    return this.#policies.run(() => this.#storage.listTenants(query), LONG_READ);
  }

  dropTenant(request: DropRequest): Promise<DropResult> {
    return this.#policies.run(() => this.#storage.dropTenant(request), LONG_WRITE);
  }

  compact(request: CompactRequest): Promise<CompactResult> {
    const storage = requireSupport(this.#storage, "compaction");
    return this.#policies.run(() => storage.compact(request), LONG_WRITE);
  }

  dump(request: DumpRequest): Promise<DumpPage> {
    const storage = requireSupport(this.#storage, "dump");
    return this.#policies.run(() => storage.dump(request), LONG_READ);
  }

  load(request: LoadRequest): Promise<LoadResult> {
    const storage = requireSupport(this.#storage, "dump");
    return this.#policies.run(() => storage.load(request), LONG_WRITE);
  }
}

/**
 * Puts policies around a storage: hand it to meshes in the storage's place.
 * @throws INVALID_ARGUMENTS for options that can't be used, MISCONFIGURED for what is not a storage
 */
export function resilientStorage(
  storage: Storage,
  policies: Policies | PolicyOptions = {},
): ResilientStorage {
  checkStorage(storage);
  return new ResilientStorage(
    storage,
    policies instanceof Policies ? policies : new Policies(policies),
  );
}
