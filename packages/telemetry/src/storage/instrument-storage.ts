import { type Attributes, SpanKind } from "@opentelemetry/api";
import { checkStorage, type FullStorage, requireSupport, type Storage } from "@syntha/core/storage";
import { originOf } from "../mesh/commit-origins.ts";
import type { TelemetryOptions } from "../options.ts";
import { ATTRIBUTE } from "../signal/attributes.ts";
import { ignoringErrors } from "../signal/ignoring-errors.ts";
import { type OperationSignals, Recorder } from "../signal/recorder.ts";

type Method = Exclude<keyof Storage, "traits" | "supports" | "onCommit">;

/** A storage that records its calls. */
class InstrumentedStorage implements Storage {
  readonly traits: Storage["traits"];
  readonly supports: Storage["supports"];
  readonly #storage: Storage;
  readonly #recorder: Recorder;
  readonly #system: string;

  constructor(storage: Storage, recorder: Recorder) {
    this.traits = storage.traits;
    this.supports = storage.supports;
    this.#storage = storage;
    this.#recorder = recorder;
    this.#system = storage.traits.system ?? "_OTHER";
  }

  open: Storage["open"] = () => this.#record("open", undefined, () => this.#storage.open());

  close: Storage["close"] = () => this.#record("close", undefined, () => this.#storage.close());

  commit: Storage["commit"] = (tenant, commits, decide) => {
    const run = () => this.#storage.commit(tenant, commits, decide);
    if (!this.#recorder.isActive) return run();
    const { instruments } = this.#recorder;
    const metric = { [ATTRIBUTE.database]: this.#system };
    ignoringErrors(() => instruments?.commitSize.record(commits.length, metric));
    const signalsOf = (): OperationSignals => {
      const signals = this.#signalsOf("commit", tenant);
      const attributes = { ...signals.span.attributes };
      if (commits.length > 1) attributes[ATTRIBUTE.batchSize] = commits.length;
      return { ...signals, span: { ...signals.span, attributes, ...originOf(commits) } };
    };
    return this.#recorder.record(signalsOf, run, (outcomes) => {
      const refused = outcomes.filter(({ ok }) => !ok).length;
      return refused === 0 ? {} : { attributes: { [ATTRIBUTE.refused]: refused } };
    });
  };

  get: Storage["get"] = (tenant, ...args) =>
    this.#record(
      "get",
      tenant,
      () => this.#storage.get(tenant, ...args),
      ({ items }) => items.filter((item) => item !== undefined).length,
    );

  list: Storage["list"] = (tenant, query) => {
    const run = () => this.#storage.list(tenant, query);
    return this.#record("list", tenant, run, ({ items }) => items.length);
  };

  events: Storage["events"] = (tenant, query) => {
    const run = () => this.#storage.events(tenant, query);
    return this.#record("events", tenant, run, ({ events }) => events.length);
  };

  agents: Storage["agents"] = (tenant, query) => {
    const run = () => this.#storage.agents(tenant, query);
    return this.#record("agents", tenant, run, ({ agents }) => agents.length);
  };

  topics: Storage["topics"] = (tenant, query) => {
    const run = () => this.#storage.topics(tenant, query);
    return this.#record("topics", tenant, run, ({ topics }) => topics.length);
  };

  stats: Storage["stats"] = (tenant) =>
    this.#record("stats", tenant, () => this.#storage.stats(tenant));

  log: Storage["log"] = (tenant, query) => {
    const run = () => this.#storage.log(tenant, query);
    return this.#record("log", tenant, run, ({ entries }) => entries.length);
  };

  onCommit: Storage["onCommit"] = (...args) => this.#storage.onCommit(...args);

  listTenants: Storage["listTenants"] = (query) => {
    const run = () => this.#storage.listTenants(query);
    return this.#record("listTenants", undefined, run, ({ tenantIds }) => tenantIds.length);
  };

  dropTenant: Storage["dropTenant"] = (request) =>
    this.#record("dropTenant", request.tenantId, () => this.#storage.dropTenant(request));

  compact: FullStorage["compact"] = (request) => {
    const storage = requireSupport(this.#storage, "compaction");
    return this.#record("compact", request.tenantId, () => storage.compact(request));
  };

  dump: FullStorage["dump"] = (request) => {
    const storage = requireSupport(this.#storage, "dump");
    const run = () => storage.dump(request);
    return this.#record("dump", request.tenantId, run, ({ records }) => records.length);
  };

  load: FullStorage["load"] = (request) => {
    const storage = requireSupport(this.#storage, "dump");
    return this.#record("load", request.tenantId, () => storage.load(request));
  };

  #record<T>(
    name: Method,
    tenant: string | undefined,
    run: () => Promise<T>,
    rowsOf?: (result: T) => number,
  ): Promise<T> {
    if (!this.#recorder.isActive) return run();
    return this.#recorder.record(
      () => this.#signalsOf(name, tenant),
      run,
      (result) =>
        rowsOf === undefined ? {} : { attributes: { [ATTRIBUTE.returnedRows]: rowsOf(result) } },
    );
  }

  #signalsOf(name: Method, tenantId: string | undefined): OperationSignals {
    const metric = { [ATTRIBUTE.database]: this.#system, [ATTRIBUTE.databaseOperation]: name };
    const attributes: Attributes = { ...metric };
    const tenant = this.#recorder.tenantLabel(tenantId);
    if (tenant !== undefined) attributes[ATTRIBUTE.tenant] = tenant;
    const kind = this.#system === "memory" ? SpanKind.INTERNAL : SpanKind.CLIENT;
    return {
      span: { name, kind, attributes },
      metric: { histogram: "storageDuration", attributes: metric },
      log: { event: "storage.operation", name, tenant_id: tenant },
    };
  }
}

/**
 * Wraps a storage to record its calls. Pass the result to all meshes in place of the storage. With {@link meshInterceptor},
 * its spans are children of the mesh operations that caused them.
 * @throws INVALID_ARGUMENTS for invalid or unknown options
 * @throws MISCONFIGURED for a value that is not a storage
 * @example
 * const storage = instrumentStorage(new SqliteStorage({ path: "mesh.db" }));
 * const mesh = new ContextMesh({ storage, interceptor: meshInterceptor() });
 */
export function instrumentStorage(storage: Storage, options: TelemetryOptions = {}): Storage {
  checkStorage(storage);
  return new InstrumentedStorage(storage, new Recorder(options));
}
