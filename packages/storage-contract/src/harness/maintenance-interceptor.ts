import type { Storage } from "@syntha/core";
import type {
  CompactRequest,
  DropRequest,
  DumpRequest,
  FullStorage,
  LoadRequest,
} from "@syntha/core/storage";

/** A call on a whole tenant. */
export type TenantCall =
  | ({ readonly type: "drop" } & DropRequest)
  | ({ readonly type: "compact" } & CompactRequest)
  | ({ readonly type: "dump" } & DumpRequest)
  | ({ readonly type: "load" } & LoadRequest);

/** An open storage whose calls on whole tenants run through `around`, which acts before, after or instead of them. */
export function interceptMaintenance(
  storage: FullStorage,
  around: (call: TenantCall, run: () => Promise<unknown>) => Promise<unknown>,
): Storage {
  const through = async <T>(call: TenantCall, run: () => Promise<T>): Promise<T> =>
    (await around(call, run)) as T;
  return {
    traits: storage.traits,
    supports: storage.supports,
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    commit: (...args) => storage.commit(...args),
    get: (...args) => storage.get(...args),
    list: (...args) => storage.list(...args),
    events: (...args) => storage.events(...args),
    agents: (...args) => storage.agents(...args),
    topics: (...args) => storage.topics(...args),
    stats: (...args) => storage.stats(...args),
    log: (...args) => storage.log(...args),
    onCommit: (...args) => storage.onCommit(...args),
    listTenants: (query) => storage.listTenants(query),
    dropTenant: (request) =>
      through({ type: "drop", ...request }, () => storage.dropTenant(request)),
    compact: (request) => through({ type: "compact", ...request }, () => storage.compact(request)),
    dump: (request) => through({ type: "dump", ...request }, () => storage.dump(request)),
    load: (request) => through({ type: "load", ...request }, () => storage.load(request)),
  };
}
