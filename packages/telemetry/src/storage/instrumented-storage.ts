import { type Attributes, SpanKind } from "@opentelemetry/api";
import type {
  AgentPage,
  AgentQuery,
  Commit,
  Counts,
  Decide,
  EventPage,
  EventQuery,
  ItemPage,
  ItemQuery,
  ItemRow,
  LogPage,
  LogQuery,
  MaintenanceResult,
  MaintenanceTask,
  Outcome,
  Actor,
  Snapshot,
  Storage,
  TopicPage,
  TopicQuery,
} from "@syntha/core/storage";
import { originOf } from "../mesh/submissions.ts";
import { ATTRIBUTE } from "../signal/attributes.ts";
import { ignoringErrors } from "../signal/ignoring-errors.ts";
import type { Activity, Signals } from "../signal/signals.ts";

type Asked = Exclude<keyof Storage, "traits" | "bell">;

/** A storage that tells of what it is asked. */
export class InstrumentedStorage implements Storage {
  readonly traits: Storage["traits"];
  readonly #storage: Storage;
  readonly #signals: Signals;
  readonly #system: string;

  constructor(storage: Storage, signals: Signals) {
    this.traits = storage.traits;
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

  maintain<T extends MaintenanceTask>(task: T): Promise<MaintenanceResult<T>> {
    const tenant = "tenant" in task ? task.tenant : undefined;
    const attributes = { [ATTRIBUTE.maintenance]: task.type };
    const run = (): Promise<MaintenanceResult<T>> => this.#storage.maintain(task);
    return this.#tell("maintain", tenant, run, undefined, attributes);
  }

  #tell<T>(
    name: Asked,
    tenant: string | undefined,
    run: () => Promise<T>,
    rowsOf?: (given: T) => number,
    more?: Attributes,
  ): Promise<T> {
    if (!this.#signals.isOn) return run();
    return this.#signals.record(
      () => this.#activityOf(name, tenant, more),
      run,
      (given) =>
        rowsOf === undefined ? {} : { attributes: { [ATTRIBUTE.returnedRows]: rowsOf(given) } },
    );
  }

  #activityOf(name: Asked, tenantId: string | undefined, more?: Attributes): Activity {
    const metric = { [ATTRIBUTE.database]: this.#system, [ATTRIBUTE.databaseOperation]: name };
    const attributes: Attributes = { ...metric, ...more };
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
