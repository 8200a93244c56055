import { type Attributes, SpanKind } from "@opentelemetry/api";
import type {
  AgentPage,
  AgentQuery,
  Commit,
  CompactRequest,
  CompactResult,
  Counts,
  Decide,
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
  Outcome,
  Actor,
  Snapshot,
  Storage,
  TenantPage,
  TenantQuery,
  TopicPage,
  TopicQuery,
} from "@syntha/core/storage";
import { requireSupport } from "@syntha/core/storage";
import { originOf } from "../mesh/submissions.ts";
import { ATTRIBUTE } from "../signal/attributes.ts";
import { ignoringErrors } from "../signal/ignoring-errors.ts";
import type { Activity, Signals } from "../signal/signals.ts";

type Asked = Exclude<keyof Storage, "traits" | "supports" | "onCommit">;

/** A storage that tells of what it is asked. */
export class InstrumentedStorage implements Storage {
  readonly traits: Storage["traits"];
  readonly supports: Storage["supports"];
  readonly #storage: Storage;
  readonly #signals: Signals;
  readonly #system: string;

  constructor(storage: Storage, signals: Signals) {
    this.traits = storage.traits;
    this.supports = storage.supports;
    this.#storage = storage;
    this.#signals = signals;
    this.#system = storage.traits.system ?? "_OTHER";
  }

  open(): Promise<void> {
    return this.#tell("open", undefined, () => this.#storage.open());
  }

  close(): Promise<void> {
    return this.#tell("close", undefined, () => this.#storage.close());
  }

  commit(tenant: string, commits: readonly Commit[], decide: Decide): Promise<readonly Outcome[]> {
    const run = (): Promise<readonly Outcome[]> => this.#storage.commit(tenant, commits, decide);
    if (!this.#signals.isOn) return run();
    const { instruments } = this.#signals;
    const metric = { [ATTRIBUTE.database]: this.#system };
    ignoringErrors(() => instruments?.commitsAtOnce.record(commits.length, metric));
    const activityOf = (): Activity => {
      const activity = this.#activityOf("commit", tenant);
      const attributes = { ...activity.span.attributes };
      if (commits.length > 1) attributes[ATTRIBUTE.batchSize] = commits.length;
      const span = { ...activity.span, attributes, ...originOf(commits) };
      return { ...activity, span };
    };
    return this.#signals.record(activityOf, run, (outcomes) => {
      const refused = outcomes.filter(({ ok }) => !ok).length;
      return refused === 0 ? {} : { attributes: { [ATTRIBUTE.refused]: refused } };
    });
  }

  get(
    tenant: string,
    as: Actor,
    keys: readonly string[],
  ): Promise<Snapshot & { readonly items: readonly (ItemRow | undefined)[] }> {
    return this.#tell(
      "get",
      tenant,
      () => this.#storage.get(tenant, as, keys),
      ({ items }) => items.filter((item) => item !== undefined).length,
    );
  }

  list(tenant: string, query: ItemQuery): Promise<ItemPage> {
    const run = (): Promise<ItemPage> => this.#storage.list(tenant, query);
    return this.#tell("list", tenant, run, ({ items }) => items.length);
  }

  events(tenant: string, query: EventQuery): Promise<EventPage> {
    const run = (): Promise<EventPage> => this.#storage.events(tenant, query);
    return this.#tell("events", tenant, run, ({ events }) => events.length);
  }

  agents(tenant: string, query: AgentQuery): Promise<AgentPage> {
    const run = (): Promise<AgentPage> => this.#storage.agents(tenant, query);
    return this.#tell("agents", tenant, run, ({ agents }) => agents.length);
  }

  topics(tenant: string, query: TopicQuery): Promise<TopicPage> {
    const run = (): Promise<TopicPage> => this.#storage.topics(tenant, query);
    return this.#tell("topics", tenant, run, ({ topics }) => topics.length);
  }

  stats(tenant: string): Promise<Snapshot & Counts> {
    return this.#tell("stats", tenant, () => this.#storage.stats(tenant));
  }

  log(tenant: string, query: LogQuery): Promise<LogPage> {
    const run = (): Promise<LogPage> => this.#storage.log(tenant, query);
    return this.#tell("log", tenant, run, ({ entries }) => entries.length);
  }

  onCommit(tenant: string, ring: () => void): () => void {
    return this.#storage.onCommit(tenant, ring);
  }

  listTenants(query: TenantQuery): Promise<TenantPage> {
    const run = (): Promise<TenantPage> => this.#storage.listTenants(query);
    return this.#tell("listTenants", undefined, run, ({ tenantIds }) => tenantIds.length);
  }

  dropTenant(request: DropRequest): Promise<DropResult> {
    return this.#tell("dropTenant", request.tenantId, () => this.#storage.dropTenant(request));
  }

  compact(request: CompactRequest): Promise<CompactResult> {
    const storage = requireSupport(this.#storage, "compaction");
    return this.#tell("compact", request.tenantId, () => storage.compact(request));
  }

  dump(request: DumpRequest): Promise<DumpPage> {
    const storage = requireSupport(this.#storage, "dump");
    const run = (): Promise<DumpPage> => storage.dump(request);
    return this.#tell("dump", request.tenantId, run, ({ records }) => records.length);
  }

  load(request: LoadRequest): Promise<LoadResult> {
    const storage = requireSupport(this.#storage, "dump");
    return this.#tell("load", request.tenantId, () => storage.load(request));
  }

  #tell<T>(
    name: Asked,
    tenant: string | undefined,
    run: () => Promise<T>,
    rowsOf?: (given: T) => number,
  ): Promise<T> {
    if (!this.#signals.isOn) return run();
    return this.#signals.record(
      () => this.#activityOf(name, tenant),
      run,
      (given) =>
        rowsOf === undefined ? {} : { attributes: { [ATTRIBUTE.returnedRows]: rowsOf(given) } },
    );
  }

  #activityOf(name: Asked, tenantId: string | undefined): Activity {
    const metric = { [ATTRIBUTE.database]: this.#system, [ATTRIBUTE.databaseOperation]: name };
    const attributes: Attributes = { ...metric };
    const tenant = this.#signals.tenant(tenantId);
    if (tenant !== undefined) attributes[ATTRIBUTE.tenant] = tenant;
    const kind = this.#system === "memory" ? SpanKind.INTERNAL : SpanKind.CLIENT;
    return {
      span: { name, kind, attributes },
      metric: { of: "storageSeconds", attributes: metric },
      log: { event: "storage.operation", name, tenant },
    };
  }
}
