import type {
  Actor,
  AgentPage,
  AgentQuery,
  Commit,
  CompactRequest,
  CompactResult,
  Counts,
  DropRequest,
  DropResult,
  DumpPage,
  DumpRequest,
  EventPage,
  EventQuery,
  ItemPage,
  ItemQuery,
  ItemRow,
  LoadRequest,
  LoadResult,
  LogPage,
  LogQuery,
  OpResult,
  QuotaOptions,
  Snapshot,
  TopicPage,
  TopicQuery,
} from "@syntha/core/storage";
import type { Presence } from "@syntha/storage-sqlite/sql";
import type { ErrorData } from "./error-data.ts";

/** A commit as data: its quotas are what they were made from. */
export interface CommitData extends Omit<Commit, "quotas"> {
  readonly quotas?: QuotaOptions | undefined;
}

/** An outcome as data. */
export type OutcomeData =
  | {
      readonly ok: true;
      readonly epoch: string;
      readonly position: number;
      readonly now: number;
      readonly results: readonly OpResult[];
    }
  | { readonly ok: false; readonly error: ErrorData };

/** An operation that the directory has recorded: one that creates a tenant or removes it. */
export interface Registration {
  readonly id: number;
  /** When it was recorded, in milliseconds of the system's time. */
  readonly at: number;
}

/** The answer to a call that needs a registration, and has none or an old one: nothing was changed. */
export const UNREGISTERED = "unregistered";
export type Unregistered = typeof UNREGISTERED;

/** What the object of a tenant answers. Each method is that of `Storage`. */
export interface TenantMethods {
  /**
   * A registration is needed if the commits create the tenant. Returns the outcomes of the first commits, at least of one:
   * the others are not applied, because their results do not fit the answer.
   */
  commit(
    tenantId: string,
    commits: readonly CommitData[],
    registration?: Registration,
  ): readonly OutcomeData[] | Unregistered;
  get(
    tenantId: string,
    actor: Actor,
    keys: readonly string[],
  ): Snapshot & { readonly items: readonly (ItemRow | undefined)[] };
  list(tenantId: string, query: ItemQuery): ItemPage;
  events(tenantId: string, query: EventQuery): EventPage;
  agents(tenantId: string, query: AgentQuery): AgentPage;
  topics(tenantId: string, query: TopicQuery): TopicPage;
  stats(tenantId: string): Snapshot & Counts;
  log(tenantId: string, query: LogQuery): LogPage;
  presence(tenantId: string): Presence;
  dropTenant(request: DropRequest, registration: Registration): DropResult | Unregistered;
  compact(request: CompactRequest): CompactResult;
  dump(request: DumpRequest): DumpPage;
  /** A registration is needed if the page creates the tenant. */
  load(request: LoadRequest, registration?: Registration): LoadResult | Unregistered;
}

/** A name in the directory. */
export interface DirectoryEntry {
  readonly tenantId: string;
  /** Whether the tenant is known to exist, and to be complete; otherwise its object has to be asked. */
  readonly isConfirmed: boolean;
  /** Changes with every change of the entry. */
  readonly version: number;
}

export interface DirectoryPage {
  readonly entries: readonly DirectoryEntry[];
  /** When they were read, in milliseconds of the system's time. */
  readonly at: number;
  /** The `after` of the next page; null on the last one. */
  readonly next: string | null;
}

/** What the object of the directory answers. */
export interface DirectoryMethods {
  /** Records an operation, before it starts. */
  beginOperation(tenantId: string): Registration;
  /** Removes the record; `presence` is what the operation left. */
  endOperation(tenantId: string, registration: Registration, presence: Presence): void;
  /** Names in code point order. */
  listEntries(query: { readonly after: string; readonly limit: number }): DirectoryPage;
  /** What the object of an entry answered, which counts if nothing has happened since the entry was read. */
  settleEntry(entry: DirectoryEntry, at: number, presence: Presence): void;
}

export type ObjectMethods = TenantMethods & DirectoryMethods;
export type MethodName = keyof ObjectMethods;

const NAMES: Readonly<Record<MethodName, true>> = {
  commit: true,
  get: true,
  list: true,
  events: true,
  agents: true,
  topics: true,
  stats: true,
  log: true,
  presence: true,
  dropTenant: true,
  compact: true,
  dump: true,
  load: true,
  beginOperation: true,
  endOperation: true,
  listEntries: true,
  settleEntry: true,
};

/** Whether this release has a method of this name. */
export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(NAMES, name);
}

/** What a call over RPC returns: errors are data, since RPC keeps only an error's message. */
export type Reply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: ErrorData };

/** No tenant's id contains NUL, so this name is none of a tenant. */
export const DIRECTORY_NAME = "\0directory";
