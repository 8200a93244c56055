import { ConnectionMonitor } from "../connection/connection-monitor.ts";
import { decide } from "../decide/decide.ts";
import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import type { Quotas } from "../limit/quota.ts";
import { checkCallback } from "../options/check-kind.ts";
import { checkOptions } from "../options/known-options.ts";
import { checkRoute, ROUTE } from "../route/check-route.ts";
import type { Route, RouteInput } from "../route/route.ts";
import { all, type MaybeAsync } from "../schema/maybe-async.ts";
import type { MeshSchema } from "../schema/mesh-schema.ts";
import { SchemaGuard } from "../schema/schema-guard.ts";
import type { Commit, Operation } from "../storage/operation.ts";
import type { OpResult, Outcome } from "../storage/outcome.ts";
import { PageSize } from "../storage/page-size.ts";
import type { Storage } from "../storage/storage.ts";
import { checkName, MAX_NAME_BYTES } from "../text/name.ts";
import { type Duration, toMs } from "../time/duration.ts";
import { LogTail } from "./log-tail.ts";
import { acquireStorage, releaseStorage } from "./storage-references.ts";
import {
  checkCompactOptions,
  compact,
  type Compaction,
  type CompactOptions,
} from "./compaction.ts";
import { toMeshLimits } from "./mesh-limits.ts";
import type { MeshLimits, MeshOptions } from "./mesh-options.ts";
import type { MeshInterceptor, OperationName } from "./interceptor.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { sweepInSteps } from "./sweep.ts";
import { checkRetentionOrder, type RetentionOptions, parseRetention } from "./retention.ts";
import { PeriodicTask } from "../concurrency/periodic-task.ts";
import { type Committed, CommitBatcher } from "./commit-batcher.ts";

const FIRST_PAGE = 100;

/** One mesh's hold on its storage: opened by the first call, closed once; every view of the mesh works through it. */
export class Session {
  readonly tenantId: string;
  readonly storage: Storage;
  readonly guard: SchemaGuard;
  readonly limits: MeshLimits;
  readonly defaultRoute: Route | undefined;
  readonly interceptor: MeshInterceptor | undefined;
  /** How many items with their values a page of many should hold. */
  readonly pageSize = new PageSize(FIRST_PAGE, MAX_PAGE);
  /** What watches read the log's end through. */
  readonly logTail = new LogTail(this);
  readonly connection: ConnectionMonitor;
  /** Aborted when the mesh closes: ends watches and workers. */
  readonly closing = new AbortController();
  /** What must have ended before the storage may close. */
  readonly tasks = new Set<Promise<unknown>>();
  /** Told of everything that somebody asks of the mesh; not of its own housekeeping. */
  onUse: (() => void) | undefined;
  /** Reads that must come before any write that is asked for after them. */
  readonly #barriers = new Set<() => Promise<unknown>>();
  readonly #writer: CommitBatcher;
  /** Undefined when nothing is limited. */
  readonly #quotas: Quotas | undefined;
  readonly #retention: RetentionOptions;
  readonly #routines: readonly PeriodicTask[];
  #opening: Promise<void> | undefined;
  #isOpen = false;
  #closed: Promise<void> | undefined;
  /** Closed, and nothing is under way any more: from here on nothing is written either. */
  #isDone = false;

  constructor(options: MeshOptions<MeshSchema>, storage: Storage) {
    if ("tenantId" in options) checkTenant(options.tenantId, true);
    this.tenantId = options.tenantId ?? "default";
    this.storage = storage;
    checkCallback("onConnectionChange", options.onConnectionChange);
    this.connection = new ConnectionMonitor(this.tenantId, options.onConnectionChange);
    const { limits, quotas } = toMeshLimits(options.limits);
    this.limits = limits;
    this.#quotas = quotas.isEmpty ? undefined : quotas;
    this.guard = new SchemaGuard(options.schema, this.limits);
    const { defaultRoute = {} } = options;
    checkOptions(defaultRoute, ROUTE, "defaultRoute");
    this.defaultRoute = this.route(defaultRoute);
    this.interceptor = options.interceptor;
    const { retention = {} } = options;
    const kept = parseRetention(retention);
    this.#retention = { ...retention };
    checkRetentionOrder(this.#retention, kept);
    const { sweepEvery = "1m", compactEvery = "10m" } = options;
    const quiet = { tenantId: this.tenantId, ready: () => this.#ready() };
    this.#routines = [
      ...routine("sweepEvery", sweepEvery, () =>
        this.#inBackground("sweep", () => this.#tracked(this.#sweep())),
      ),
      ...routine("compactEvery", storage.supports.compaction ? compactEvery : false, () =>
        this.#inBackground("compact", () => this.#tracked(compact(quiet, kept))),
      ),
    ];
    this.#writer = new CommitBatcher((commits) =>
      this.#isOpen && this.#barriers.size === 0
        ? storage.commit(this.tenantId, commits, decide)
        : this.#commitWhenReady(commits),
    );
  }

  /** Operations that become true together. @throws the refusal, when they are refused. */
  commit(by: string | null, ops: readonly MaybeAsync<Operation>[]): Promise<Committed> {
    this.checkOpen();
    return this.finish(by, ops);
  }

  /** A commit that may also come while the mesh closes: a worker gives back what it holds. */
  finish(actor: string | null, pending: readonly MaybeAsync<Operation>[]): Promise<Committed> {
    if (this.#isDone) return Promise.reject(this.#isClosed());
    this.onUse?.();
    const quotas = this.#quotas;
    const ops = all(pending);
    if (!(ops instanceof Promise)) return this.#submit({ actor, ops, quotas });
    return (async () => this.#submit({ actor, ops: await ops, quotas }))();
  }

  #submit(commit: Commit): Promise<Committed> {
    this.interceptor?.onCommitQueued(commit);
    const committed = this.#writer.submit(commit);
    return commit.quotas === undefined
      ? committed
      : committed.catch((error: unknown) => this.#submitSwept(commit, error));
  }

  /** What has expired counts for nothing: where one commit can't remove enough of it, it is swept first. */
  async #submitSwept(commit: Commit, error: unknown): Promise<Committed> {
    if (!isSynthaError(error, "UNAVAILABLE") || !error.details.sweep) throw error;
    await this.#sweep();
    return this.#submit(commit);
  }

  /** What nobody asked for in this moment. */
  #inBackground<T>(name: OperationName, run: () => T): T {
    if (this.interceptor === undefined) return run();
    const operation = { name, tenantId: this.tenantId, actor: null, args: [], isBackground: true };
    return this.interceptor.intercept(operation, run);
  }

  /** One operation, and its result. */
  async perform<T extends Operation["type"]>(
    by: string | null,
    op: Operation & { type: T },
  ): Promise<Extract<OpResult, { type: T }>> {
    const { results } = await this.commit(by, [op]);
    return results[0] as Extract<OpResult, { type: T }>;
  }

  /** The storage, open. */
  ready(): Storage | Promise<Storage> {
    this.onUse?.();
    return this.#ready();
  }

  #ready(): Storage | Promise<Storage> {
    this.checkOpen();
    return this.#isOpen ? this.storage : this.#open().then(() => this.storage);
  }

  /**
   * Lets no write that is asked for from now on come before `read` succeeds: a write that comes while it fails makes
   * another attempt, and is refused with its error when that fails too.
   * @param run makes the attempts, and gives up in the end
   */
  async before<T>(
    read: () => Promise<T>,
    run: (attempt: () => Promise<T>) => Promise<T> = (attempt) => attempt(),
  ): Promise<T> {
    let reading: Promise<T> | undefined;
    const attempt = (): Promise<T> => {
      reading ??= read().catch((error: unknown) => {
        reading = undefined;
        throw error;
      });
      return reading;
    };
    this.#barriers.add(attempt);
    try {
      return await run(attempt);
    } finally {
      this.#barriers.delete(attempt);
    }
  }

  checkKey(key: unknown): asserts key is string {
    checkName("key", key, this.limits.keyBytes);
  }

  /** @param key of the item that is routed, where there is one */
  route(input: RouteInput, key?: string): Route | undefined {
    const route = checkRoute(input, this.limits);
    const { topics } = this.guard;
    if (route === undefined || topics === undefined) return route;
    topics.check(route.topics);
    if (key !== undefined) topics.checkItem(key, route.topics);
    return route;
  }

  /** The default route, where the schema lets the item have it. */
  defaultRouteOf(key: string): Route | undefined {
    const { defaultRoute } = this;
    const isAllowed =
      defaultRoute === undefined || (this.guard.topics?.allows(key, defaultRoute.topics) ?? true);
    return isAllowed ? defaultRoute : undefined;
  }

  checkOpen(): void {
    if (this.#closed !== undefined) throw this.#isClosed();
  }

  #isClosed(): SynthaError {
    return new SynthaError("CLOSED", `The mesh of "${this.tenantId}" is closed.`, {
      hint: "Create another ContextMesh, or close this one later.",
    });
  }

  /** Removes what has expired. Returns how many items. */
  async sweep(): Promise<number> {
    this.onUse?.();
    return this.#sweep();
  }

  #sweep(): Promise<number> {
    return sweepInSteps(async (limit) => {
      this.checkOpen();
      const { results } = await this.#submit({ actor: null, ops: [{ type: "sweep", limit }] });
      return results[0] as OpResult & { type: "sweep" };
    });
  }

  /** Removes what is kept no longer. */
  async compact(options: CompactOptions): Promise<Compaction> {
    checkCompactOptions(options);
    const { signal, onProgress, ...retention } = options;
    const given = Object.entries(retention).filter(([, value]) => value !== undefined);
    const kept = parseRetention({ ...this.#retention, ...Object.fromEntries(given) });
    return this.#tracked(compact(this, kept, { signal, onProgress }));
  }

  /** The storage stays open until the task has ended. */
  #tracked<T>(task: Promise<T>): Promise<T> {
    this.tasks.add(task);
    const forget = (): void => void this.tasks.delete(task);
    task.then(forget, forget);
    return task;
  }

  async #commitWhenReady(commits: readonly Commit[]): Promise<readonly Outcome[]> {
    await this.#open();
    await Promise.all([...this.#barriers].map((attempt) => attempt()));
    return this.storage.commit(this.tenantId, commits, decide);
  }

  /** Whether a watch, a worker, a write, housekeeping or its opening is under way. */
  get isBusy(): boolean {
    const isOpening = this.#opening !== undefined && !this.#isOpen;
    return isOpening || this.tasks.size > 0 || this.#barriers.size > 0 || !this.#writer.isIdle;
  }

  /** Lets go of the storage until the next call, which opens it again; only while somebody else keeps it open. */
  async rest(): Promise<void> {
    if (!this.#isOpen || this.#closed !== undefined) return;
    for (const each of this.#routines) each.stop();
    this.#isOpen = false;
    this.#opening = undefined;
    await releaseStorage(this.storage);
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const each of this.#routines) each.stop();
    this.closing.abort();
    await Promise.allSettled(this.tasks);
    await this.#writer.idle();
    this.#isDone = true;
    if (this.#opening === undefined) return;
    const opened = await this.#opening.then(
      () => true,
      () => false,
    );
    if (opened) await releaseStorage(this.storage);
  }

  #open(): Promise<void> {
    this.#opening ??= acquireStorage(this.storage).then(
      () => {
        this.#isOpen = true;
        for (const each of this.#routines) each.start();
      },
      (error: unknown) => {
        this.#opening = undefined;
        throw error;
      },
    );
    return this.#opening;
  }
}

function routine(
  name: "sweepEvery" | "compactEvery",
  every: Duration | false,
  work: () => Promise<unknown>,
): PeriodicTask[] {
  return every === false ? [] : [new PeriodicTask(toMs(name, every), work)];
}

/**
 * R15: a tenant id that is given but unusable is refused, never taken for a default.
 * @param isOptional whether leaving it out means the one tenant that there is
 */
export function checkTenant(tenantId: unknown, isOptional = false): asserts tenantId is string {
  try {
    checkName("tenant id", tenantId);
  } catch (cause) {
    throw new SynthaError(
      "INVALID_TENANT",
      `A tenant id must be a string of 1 to ${MAX_NAME_BYTES} bytes of well-formed text.`,
      {
        hint: `Pass the id of one user, customer or project${isOptional ? "; leave `tenantId` out only where there is one tenant" : ""}.`,
        cause,
      },
    );
  }
}
