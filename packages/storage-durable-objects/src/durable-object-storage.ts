import { isSynthaError, SynthaError } from "@syntha/core";
import {
  type Actor,
  type AgentPage,
  type AgentQuery,
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
  FULL_SUPPORT,
  type ItemPage,
  type ItemQuery,
  type ItemRow,
  type LoadRequest,
  type LoadResult,
  type LogPage,
  type LogQuery,
  type Outcome,
  type Snapshot,
  type Storage,
  type TenantPage,
  type TenantQuery,
  type TopicPage,
  type TopicQuery,
  type Unsubscribe,
} from "@syntha/core/storage";
import { CommitNotifier } from "./client/commit-notifier.ts";
import { CreationQueue } from "./client/creation-queue.ts";
import { DirectoryClient } from "./client/directory-client.ts";
import { ObjectCalls } from "./client/object-calls.ts";
import { type DurableObjectStorageOptions, toNamespace } from "./options.ts";
import { divide } from "./protocol/call-size.ts";
import { toCommitData, toOutcome } from "./protocol/commit-data.ts";
import type { CommitData, MethodName, ObjectMethods } from "./protocol/methods.ts";

/**
 * Stores each tenant in a separate Durable Object, a `TenantObject`, which decides and applies commits. Commits are sent
 * as data: the object decides them by its own release of core's rules, and the `decide` that is passed is not used.
 *
 * A call rejects with UNAVAILABLE if the object can't be reached or is overloaded: nothing was changed. A write rejects
 * with UNKNOWN_OUTCOME if the object was reset, or the connection lost, before the answer.
 *
 * In a Worker, create it in the handler of a request, which all its I/O belongs to; in a Durable Object, create it once.
 * The object sweeps expired items by itself: open meshes with `sweepEvery: false`.
 *
 * @example
 * const storage = new DurableObjectStorage({ namespace: env.TENANTS });
 * await using mesh = new ContextMesh({ storage, tenantId: "acme", sweepEvery: false });
 */
export class DurableObjectStorage implements Storage {
  readonly traits = { durability: "power", system: "cloudflare.durable_objects" } as const;
  readonly supports = FULL_SUPPORT;
  readonly #calls: ObjectCalls;
  readonly #directory: DirectoryClient;
  readonly #creations = new CreationQueue();
  readonly #notifier: CommitNotifier;
  #isOpen = false;

  /** Calls no object. @throws INVALID_ARGUMENTS; MISCONFIGURED if `namespace` is no binding of a namespace */
  constructor(options: DurableObjectStorageOptions) {
    this.#calls = new ObjectCalls(toNamespace(options));
    this.#directory = new DirectoryClient(this.#calls);
    this.#notifier = new CommitNotifier((tenant) => this.#calls.stub(tenant));
  }

  /** Calls no object: a misconfigured class is reported by the first call. */
  async open(): Promise<void> {
    this.#isOpen = true;
    this.#notifier.start();
  }

  /** Rejects new calls with CLOSED, waits for those in progress, and closes the sockets of watches. */
  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#calls.inFlight.idle();
    if (!this.#isOpen) this.#notifier.stop();
  }

  /** @param _decide Not used: the object has its own. */
  async commit(
    tenant: string,
    commits: readonly Commit[],
    _decide: Decide,
  ): Promise<readonly Outcome[]> {
    this.#checkOpen();
    const parts = divide(commits.map(toCommitData));
    return this.#whileOpen(async () => {
      const outcomes: Outcome[] = [];
      try {
        for (const part of parts) await this.#commitPart(tenant, part, outcomes);
      } catch (error) {
        if (outcomes.length === 0 || !isSynthaError(error)) throw error;
        // The parts before are committed.
        while (outcomes.length < commits.length) outcomes.push({ ok: false, error });
      }
      return outcomes;
    });
  }

  get(
    tenant: string,
    actor: Actor,
    keys: readonly string[],
  ): Promise<Snapshot & { readonly items: readonly (ItemRow | undefined)[] }> {
    return this.#call(tenant, "get", tenant, actor, keys);
  }

  list(tenant: string, query: ItemQuery): Promise<ItemPage> {
    return this.#call(tenant, "list", tenant, query);
  }

  events(tenant: string, query: EventQuery): Promise<EventPage> {
    return this.#call(tenant, "events", tenant, query);
  }

  agents(tenant: string, query: AgentQuery): Promise<AgentPage> {
    return this.#call(tenant, "agents", tenant, query);
  }

  topics(tenant: string, query: TopicQuery): Promise<TopicPage> {
    return this.#call(tenant, "topics", tenant, query);
  }

  stats(tenant: string): Promise<Snapshot & Counts> {
    return this.#call(tenant, "stats", tenant);
  }

  log(tenant: string, query: LogQuery): Promise<LogPage> {
    return this.#call(tenant, "log", tenant, query);
  }

  onCommit(tenant: string, listener: () => void): Unsubscribe {
    return this.#notifier.onCommit(tenant, listener);
  }

  async listTenants(query: TenantQuery): Promise<TenantPage> {
    this.#checkOpen();
    return this.#whileOpen(() => this.#directory.list(query));
  }

  async dropTenant(request: DropRequest): Promise<DropResult> {
    this.#checkOpen();
    const { tenantId } = request;
    return this.#whileOpen(() =>
      this.#directory.register(tenantId, (registration) =>
        this.#calls.call(tenantId, "dropTenant", request, registration),
      ),
    );
  }

  compact(request: CompactRequest): Promise<CompactResult> {
    return this.#call(request.tenantId, "compact", request);
  }

  dump(request: DumpRequest): Promise<DumpPage> {
    return this.#call(request.tenantId, "dump", request);
  }

  async load(request: LoadRequest): Promise<LoadResult> {
    this.#checkOpen();
    const { tenantId } = request;
    return this.#whileOpen(() =>
      this.#creations.run(
        tenantId,
        () => this.#calls.call(tenantId, "load", request),
        () =>
          this.#directory.register(tenantId, (registration) =>
            this.#calls.call(tenantId, "load", request, registration),
          ),
      ),
    );
  }

  /** Adds the outcomes of a part, which the object may answer in several calls. */
  async #commitPart(
    tenant: string,
    part: readonly CommitData[],
    outcomes: Outcome[],
  ): Promise<void> {
    try {
      for (let rest = part; rest.length > 0;) {
        const decided = await this.#commit(tenant, rest);
        if (decided.length === 0) throw new Error("The object decided no commit.");
        outcomes.push(...decided);
        rest = rest.slice(decided.length);
      }
    } catch (error) {
      // It was not sent, and is no matter of the other commits.
      if (part.length > 1 || !isSynthaError(error, "TOO_LARGE")) throw error;
      outcomes.push({ ok: false, error });
    }
  }

  async #commit(tenant: string, commits: readonly CommitData[]): Promise<readonly Outcome[]> {
    const outcomes = await this.#creations.run(
      tenant,
      () => this.#calls.call(tenant, "commit", tenant, commits),
      () =>
        this.#directory.register(tenant, (registration) =>
          this.#calls.call(tenant, "commit", tenant, commits, registration),
        ),
    );
    return outcomes.map(toOutcome);
  }

  async #call<M extends MethodName>(
    tenant: string,
    method: M,
    ...args: Parameters<ObjectMethods[M]>
  ): Promise<ReturnType<ObjectMethods[M]>> {
    this.#checkOpen();
    return this.#calls.call(tenant, method, ...args);
  }

  /** Counts what takes several calls as one, so that closing waits for the last. */
  #whileOpen<T>(run: () => Promise<T>): Promise<T> {
    return this.#calls.inFlight.run(run);
  }

  #checkOpen(): void {
    if (this.#isOpen) return;
    throw new SynthaError("CLOSED", "This storage is closed.", {
      hint: "Open it again, or create another mesh with it.",
    });
  }
}
