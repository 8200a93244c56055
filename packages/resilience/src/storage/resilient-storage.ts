import { checkStorage, type FullStorage, requireSupport, type Storage } from "@syntha/core/storage";
import type { CircuitBreaker } from "../breaker/circuit-breaker.ts";
import type { PolicyOptions } from "../policy/options.ts";
import { type CallKind, Policies } from "../policy/policies.ts";

const READ: CallKind = { isRead: true };
const WRITE: CallKind = { isRead: false };
/** Creating tables and copying tenants have no timeout. Opening is idempotent, so it counts as a read. */
const LONG_READ: CallKind = { isRead: true, isLong: true };
const LONG_WRITE: CallKind = { isRead: false, isLong: true };

/** A storage whose calls follow policies. */
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

  open: Storage["open"] = () => this.#policies.run(() => this.#storage.open(), LONG_READ);

  /** Bypasses all policies: an open storage must be closed in any state of the circuit. */
  close: Storage["close"] = () => this.#storage.close();

  /** Repeated only if none of the commits happened: they are then decided again, on the current facts. */
  commit: Storage["commit"] = (...args) =>
    this.#policies.run(() => this.#storage.commit(...args), WRITE);

  get: Storage["get"] = (...args) => this.#policies.run(() => this.#storage.get(...args), READ);

  list: Storage["list"] = (...args) => this.#policies.run(() => this.#storage.list(...args), READ);

  events: Storage["events"] = (...args) =>
    this.#policies.run(() => this.#storage.events(...args), READ);

  agents: Storage["agents"] = (...args) =>
    this.#policies.run(() => this.#storage.agents(...args), READ);

  topics: Storage["topics"] = (...args) =>
    this.#policies.run(() => this.#storage.topics(...args), READ);

  stats: Storage["stats"] = (...args) =>
    this.#policies.run(() => this.#storage.stats(...args), READ);

  log: Storage["log"] = (...args) => this.#policies.run(() => this.#storage.log(...args), READ);

  /** Bypasses all policies: it makes no call. The commits that it reports are read by `log`. */
  onCommit: Storage["onCommit"] = (...args) => this.#storage.onCommit(...args);

  listTenants: Storage["listTenants"] = (query) =>
    this.#policies.run(() => this.#storage.listTenants(query), LONG_READ);

  dropTenant: Storage["dropTenant"] = (request) =>
    this.#policies.run(() => this.#storage.dropTenant(request), LONG_WRITE);

  compact: FullStorage["compact"] = (request) => {
    const storage = requireSupport(this.#storage, "compaction");
    return this.#policies.run(() => storage.compact(request), LONG_WRITE);
  };

  dump: FullStorage["dump"] = (request) => {
    const storage = requireSupport(this.#storage, "dump");
    return this.#policies.run(() => storage.dump(request), LONG_READ);
  };

  load: FullStorage["load"] = (request) => {
    const storage = requireSupport(this.#storage, "dump");
    return this.#policies.run(() => storage.load(request), LONG_WRITE);
  };
}

/**
 * Wraps a storage with policies. Pass the result to all meshes in place of the storage. The last mesh to close closes it.
 * @throws INVALID_ARGUMENTS for invalid or unknown options
 * @throws MISCONFIGURED for a value that is not a storage
 * @example
 * const storage = resilientStorage(new SqliteStorage({ path: "mesh.db" }), { breaker: { failures: 5 }, timeout: "5s" });
 * const mesh = new ContextMesh({ storage });
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
