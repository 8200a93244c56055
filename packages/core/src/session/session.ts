import { InFlightCounter } from "../concurrency/in-flight-counter.ts";
import { KeyedQueue } from "../concurrency/keyed-queue.ts";
import { pause } from "../concurrency/pause.ts";
import { ConnectionMonitor } from "../connection/connection-monitor.ts";
import { isSynthaError } from "../error/syntha-error.ts";
import type { Quotas } from "../limit/quota.ts";
import { checkCallback, checkFlag } from "../options/check-kind.ts";
import type { Actor } from "../route/visibility.ts";
import { all, type MaybeAsync } from "../schema/maybe-async.ts";
import type { MeshSchema } from "../schema/mesh-schema.ts";
import type { Commit, Operation } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import { PageSize } from "../storage/page-size.ts";
import type { Storage } from "../storage/storage.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { CommitBatcher, type Committed } from "./commit-batcher.ts";
import { Housekeeping } from "./housekeeping.ts";
import { LogFollower } from "./log-follower.ts";
import { LogTail } from "./log-tail.ts";
import { type EffectiveLimits, toEffectiveLimits, toMeshLimits } from "./mesh-limits.ts";
import type { MeshOptions } from "./mesh-options.ts";
import { OperationRunner } from "./operation-runner.ts";
import { RequestEncoder } from "./request-encoder.ts";
import { StorageHandle } from "./storage-handle.ts";
import { checkTenantId } from "./tenant-id.ts";

const FIRST_PAGE = 100;
/** How long a closing mesh waits for asynchronous schemas. */
const ENCODING_MS = 5_000;

/**
 * What the views of one mesh share. A write passes through it once: the {@link RequestEncoder} makes its operations, the
 * session adds the quotas, the {@link CommitBatcher} groups it with others, and the {@link StorageHandle} commits it.
 */
export class Session {
  readonly tenantId: string;
  readonly encoder: RequestEncoder;
  readonly storage: StorageHandle;
  readonly operations: OperationRunner;
  readonly housekeeping: Housekeeping;
  readonly connection: ConnectionMonitor;
  readonly logTail: LogTail;
  readonly follower: LogFollower;
  /** How many items with their values a page of a long listing holds. */
  readonly pageSize = new PageSize(FIRST_PAGE, MAX_PAGE);
  /** A copy of the limits, which may name many agents. */
  readonly limits: () => EffectiveLimits;
  readonly strictRecipients: boolean;
  /** Edits of one key in turn: those made at the same time would only conflict with each other. */
  readonly edits = new KeyedQueue<string>();
  readonly #commits: CommitBatcher;
  /** Commits that wait for a schema, and then to be written. */
  readonly #encodings = new InFlightCounter();
  /** Undefined when nothing is limited. */
  readonly #quotas: Quotas | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: MeshOptions<MeshSchema>, storage: Storage) {
    if ("tenantId" in options) checkTenantId(options.tenantId, true);
    const { tenantId = "default", onConnectionChange, interceptor } = options;
    const { strictRecipients = false } = options;
    checkFlag("strictRecipients", strictRecipients);
    this.strictRecipients = strictRecipients;
    checkCallback("onConnectionChange", onConnectionChange);
    this.tenantId = tenantId;
    this.connection = new ConnectionMonitor(tenantId, onConnectionChange);
    const { limits, quotas } = toMeshLimits(options.limits);
    this.limits = () => toEffectiveLimits(limits, quotas);
    this.#quotas = quotas.isEmpty ? undefined : quotas;
    this.encoder = new RequestEncoder(options, limits);
    this.storage = new StorageHandle(tenantId, storage, () => this.housekeeping.start());
    this.logTail = new LogTail(this.storage);
    this.follower = new LogFollower(this.storage, this.logTail, this.connection);
    this.#commits = new CommitBatcher(this.storage, interceptor);
    this.operations = new OperationRunner(tenantId, interceptor);
    this.housekeeping = new Housekeeping(options, this.storage, this.#commits, this.operations);
  }

  /** Commits operations at one position of the log. Rejects with the refusal when they are refused. @throws CLOSED */
  commit(
    actor: Actor,
    ops: readonly MaybeAsync<Operation>[],
    ifRevisions?: Commit["ifRevisions"],
  ): Promise<Committed> {
    this.storage.checkOpen();
    return this.commitWhileClosing(actor, ops, ifRevisions);
  }

  /** {@link commit} for workers: they complete or release their leases while the mesh closes. */
  commitWhileClosing(
    actor: Actor,
    pending: readonly MaybeAsync<Operation>[],
    ifRevisions?: Commit["ifRevisions"],
  ): Promise<Committed> {
    if (this.storage.isClosed) return Promise.reject(this.storage.closedError());
    this.storage.onUse?.();
    const ops = all(pending);
    if (!(ops instanceof Promise)) return this.#submit(this.#toCommit(actor, ops, ifRevisions));
    return this.#encodings.run(async () => {
      const commit = this.#toCommit(actor, await ops, ifRevisions);
      if (this.storage.isClosed) throw this.storage.closedError();
      return this.#submit(commit);
    });
  }

  #toCommit(actor: Actor, ops: readonly Operation[], ifRevisions: Commit["ifRevisions"]): Commit {
    const { strictRecipients } = this;
    return { actor, ops, quotas: this.#quotas, ifRevisions, strictRecipients };
  }

  /** Commits one operation. Returns its result. */
  async perform<T extends Operation["type"]>(
    actor: Actor,
    op: Operation & { type: T },
    ifRevisions?: Commit["ifRevisions"],
  ): Promise<Extract<OpResult, { type: T }>> {
    const { results } = await this.commit(actor, [op], ifRevisions);
    return results[0] as Extract<OpResult, { type: T }>;
  }

  #submit(commit: Commit): Promise<Committed> {
    const committed = this.#commits.submit(commit);
    if (commit.quotas === undefined) return committed;
    return committed.catch((error: unknown) => this.#submitAfterSweep(commit, error));
  }

  /** Expired items do not count towards a quota: where a commit meets too many of them, they are swept first. */
  async #submitAfterSweep(commit: Commit, error: unknown): Promise<Committed> {
    if (!isSynthaError(error, "UNAVAILABLE") || !error.details.sweep) throw error;
    await this.housekeeping.sweep();
    return this.#submit(commit);
  }

  /** How many commits were submitted: one that waits for an asynchronous schema is not yet. */
  get submittedCommits(): number {
    return this.#commits.submitted;
  }

  /** Whether anything is in progress that a suspension would interrupt. */
  get isBusy(): boolean {
    return this.storage.isBusy || !this.#commits.isIdle || this.#encodings.count > 0;
  }

  /** Releases the storage until the next call; only while it is not busy, and something else keeps the storage open. */
  suspend(): Promise<void> {
    this.housekeeping.stop();
    return this.storage.suspend();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.housekeeping.stop();
    this.storage.startClosing();
    await this.storage.tasks.idle();
    // A schema that never answers must not keep the mesh open.
    const waited = new AbortController();
    const encoded = this.#encodings.idle().finally(() => waited.abort());
    await Promise.race([encoded, pause(ENCODING_MS, waited.signal)]);
    await this.#commits.idle();
    await this.storage.close();
  }
}
