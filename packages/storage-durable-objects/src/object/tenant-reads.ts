import type {
  AgentPage,
  AgentQuery,
  Counts,
  DumpPage,
  DumpRequest,
  EventPage,
  EventQuery,
  ItemPage,
  ItemQuery,
  LogPage,
  LogQuery,
  Snapshot,
  TopicPage,
  TopicQuery,
} from "@syntha/core/storage";
import type { Presence, SyncStorage } from "@syntha/storage-sqlite/sql";
import { readFitting } from "../protocol/call-size.ts";
import type { TenantMethods } from "../protocol/methods.ts";
import type { TenantTables } from "./tenant-tables.ts";

/** What is read of the tenant that an object holds. */
export class TenantReads {
  readonly #tables: TenantTables;

  constructor(tables: TenantTables) {
    this.#tables = tables;
  }

  get(...args: Parameters<TenantMethods["get"]>): ReturnType<TenantMethods["get"]> {
    return this.#tables.read((storage) => storage.get(...args));
  }

  list(tenantId: string, query: ItemQuery): ItemPage {
    return this.#readPage(query, (storage, fitting) => storage.list(tenantId, fitting));
  }

  events(tenantId: string, query: EventQuery): EventPage {
    return this.#readPage(query, (storage, fitting) => storage.events(tenantId, fitting));
  }

  agents(tenantId: string, query: AgentQuery): AgentPage {
    return this.#tables.read((storage) => storage.agents(tenantId, query));
  }

  topics(tenantId: string, query: TopicQuery): TopicPage {
    return this.#tables.read((storage) => storage.topics(tenantId, query));
  }

  stats(tenantId: string): Snapshot & Counts {
    return this.#tables.read((storage) => storage.stats(tenantId));
  }

  log(tenantId: string, query: LogQuery): LogPage {
    return this.#readPage(query, (storage, fitting) => storage.log(tenantId, fitting));
  }

  dump(request: DumpRequest): DumpPage {
    return this.#readPage(request, (storage, fitting) => storage.dump(fitting));
  }

  presence(tenantId: string): Presence {
    return this.#tables.read((storage) => storage.presenceOf(tenantId));
  }

  /** The page has fewer rows than its limit if more do not fit a call. */
  #readPage<Q extends { readonly limit: number }, P>(
    query: Q,
    read: (storage: SyncStorage, fitting: Q) => P,
  ): P {
    return this.#tables.read((storage) =>
      readFitting(query.limit, (limit) => read(storage, { ...query, limit })),
    );
  }
}
