import { exponentialDelay } from "../concurrency/backoff.ts";
import { pause } from "../concurrency/pause.ts";
import { notify } from "../connection/notify.ts";
import { isUnreachable, Reconnector } from "../connection/reconnector.ts";
import { isSynthaError } from "../error/syntha-error.ts";
import { checkFunction } from "../options/check-kind.ts";
import type { Actor } from "../route/visibility.ts";
import { messageOf } from "../error/message.ts";
import type { Session } from "../session/session.ts";
import type { ClaimOperation } from "../storage/operation.ts";
import { describe } from "../text/describe.ts";
import { toMs } from "../time/duration.ts";
import { checkCount } from "./check-count.ts";
import { attemptClaim, type ClaimAttempt } from "./claim.ts";
import { toWorkSource, type WorkSource } from "./claim-source.ts";
import type { ClaimedLease } from "./claimed-lease.ts";
import { checkWorkOptions, type WorkHandler, type WorkOptions } from "./work-options.ts";

/** The longest time between two attempts to claim: a commit listener may be late, and another worker's lease may end. */
const CLAIM_EVERY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** How long a closing mesh waits for handlers. */
const DRAIN_MS = 5_000;

/**
 * Works on the items of a source. Its states:
 *
 * - connecting: waits until the storage is open, through outages;
 * - claiming: fewer handlers than `concurrency` run, so it claims. A lease starts a handler, and it claims again: as long as
 *   there are items for all of its claims, twice as many at once, which share a transaction;
 * - waiting: nothing was ready, or enough handlers run. A commit, a handler that ends, the time at which an item becomes
 *   ready, and at the latest {@link CLAIM_EVERY_MS} lead back to claiming;
 * - draining: its signal, the mesh, or an error that would only repeat has stopped it. It claims nothing more and waits for
 *   the handlers; a closing mesh releases what still runs after {@link DRAIN_MS};
 * - ended: `run` resolves, or rejects with the error.
 *
 * Beside each handler, a loop extends the lease until the handler ends.
 */
export class Worker {
  readonly #session: Session;
  readonly #actor: Actor;
  readonly #from: string | WorkSource;
  readonly #queues: ClaimOperation["from"];
  readonly #handler: WorkHandler<never>;
  readonly #options: WorkOptions;
  readonly #concurrency: number;
  readonly #leaseMs: number;
  readonly #maxAttempts: number;
  readonly #retryMs: number;
  readonly #reconnector: Reconnector;
  /** Running handlers, each with its lease and what stops extending it. */
  readonly #running = new Map<
    Promise<void>,
    { readonly lease: ClaimedLease<never>; readonly done: AbortController }
  >();
  readonly #stopping = new AbortController();
  #failure: { readonly error: unknown } | undefined;
  /** Claims to make at once: one that finds nothing costs as much as one that finds an item. */
  #claimsAtOnce = 1;
  /** Whether something happened since the last attempt to claim began. */
  #isAwake = false;
  #waiting = new AbortController();

  constructor(
    session: Session,
    actor: Actor,
    from: string | WorkSource,
    handler: WorkHandler<never>,
    options: WorkOptions,
  ) {
    checkWorkOptions(options);
    checkFunction("handler", handler);
    this.#session = session;
    this.#actor = actor;
    this.#from = from;
    this.#queues = toWorkSource(actor, from);
    this.#handler = handler;
    this.#options = options;
    this.#concurrency = checkCount("concurrency", options.concurrency ?? 1, 1_000);
    this.#leaseMs = toMs("lease", options.lease ?? "30s");
    this.#maxAttempts = checkCount("maxAttempts", options.maxAttempts ?? 5, 1_000_000);
    this.#retryMs = toMs("retryIn", options.retryIn ?? "1s", true);
    const { connection, tenantId } = session;
    this.#reconnector = new Reconnector(connection, tenantId, options.onConnectionChange);
  }

  /** Resolves when the loop has ended and no handler runs. */
  async run(): Promise<void> {
    const { storage } = this.#session;
    for (const signal of [this.#options.signal, storage.closing]) {
      if (signal?.aborted) this.#stop();
      else signal?.addEventListener("abort", this.#stop, { once: true, signal: this.#isStopped });
    }
    if (this.#isStopped.aborted) return;
    let unsubscribe: (() => void) | undefined;
    try {
      await this.#reconnector.read(() => storage.ready());
      unsubscribe = storage.onCommit(() => this.#wake());
      while (!this.#isStopped.aborted) {
        this.#isAwake = false;
        const waitMs = await this.#claimFree();
        if (waitMs > 0 && !this.#isStopped.aborted) await this.#wait(waitMs);
      }
    } catch (error) {
      if (!this.#isStopped.aborted) {
        this.#fail(error);
        notify(this.#options.onError, error, undefined);
      }
    } finally {
      unsubscribe?.();
      await this.#drain();
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  get #isStopped(): AbortSignal {
    return this.#stopping.signal;
  }

  readonly #stop = (): void => {
    this.#stopping.abort();
    this.#reconnector.stop();
    this.#wake();
  };

  /** A failure of the handler is retried; any other error ends the loop, which rejects with it. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stop();
  }

  /** Claims for handlers that may start. Returns how long to wait before the next attempt, in milliseconds. */
  async #claimFree(): Promise<number> {
    const count = Math.min(this.#claimsAtOnce, this.#concurrency - this.#running.size);
    if (count === 0) return CLAIM_EVERY_MS;
    const attempts = await Promise.allSettled(Array.from({ length: count }, () => this.#claim()));
    const waits: number[] = [];
    for (const attempt of attempts) {
      if (attempt.status === "rejected") throw attempt.reason;
      if (attempt.value > 0) waits.push(attempt.value);
    }
    const isEnough = waits.length === 0;
    this.#claimsAtOnce = isEnough ? Math.min(2 * this.#claimsAtOnce, this.#concurrency) : 1;
    return isEnough ? 0 : Math.min(...waits);
  }

  /** Starts a handler, if there is an item. Returns how long to wait before the next attempt, in milliseconds. */
  async #claim(): Promise<number> {
    let attempt: ClaimAttempt;
    try {
      attempt = await this.#reconnector.writeAgain(() => this.#attempt());
    } catch (error) {
      // The item is parked, and the next one may be fine.
      if (isSynthaError(error, "CORRUPT_DATA") && error.details.key !== undefined) {
        await this.#options.onError?.(error, undefined);
        return 0;
      }
      // Too many writes for now; any other error would only repeat.
      if (isSynthaError(error) && error.retryable) return CLAIM_EVERY_MS;
      throw error;
    }
    const { lease, readyInMs } = attempt;
    if (lease === undefined)
      return Math.min(Math.max(readyInMs ?? CLAIM_EVERY_MS, 1), CLAIM_EVERY_MS);
    const done = new AbortController();
    const task = this.#handleLease(lease, done)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#running.delete(task);
        this.#wake();
      });
    this.#running.set(task, { lease, done });
    return 0;
  }

  #attempt(): Promise<ClaimAttempt> {
    const from = typeof this.#from === "string" ? { topic: this.#from } : this.#from;
    const attempt = (): Promise<ClaimAttempt> =>
      attemptClaim(this.#session, this.#actor, this.#queues, this.#leaseMs, this.#maxAttempts);
    return this.#session.operations.run("claim", this.#actor, [from], attempt, true);
  }

  async #handleLease(lease: ClaimedLease<never>, done: AbortController): Promise<void> {
    const extending = this.#keepExtending(lease, done.signal);
    try {
      // Claimed while the loop was being stopped: released untried.
      if (this.#isStopped.aborted) {
        await lease.release({ countAttempt: false });
        return;
      }
      const { operations } = this.#session;
      await operations.run("work", this.#actor, [lease.item], () => this.#handle(lease), true);
    } catch (error) {
      if (!lease.settled) await this.#release(lease, error);
      await this.#options.onError?.(error, lease.item);
    } finally {
      done.abort();
      await extending;
    }
  }

  async #handle(lease: ClaimedLease<never>): Promise<void> {
    const result = await this.#handler(lease.item, lease);
    if (!lease.settled) await this.#complete(lease, result);
  }

  /** The work is done: an outage that is shorter than the lease must not cause a second attempt. */
  async #complete(lease: ClaimedLease<never>, result: unknown): Promise<void> {
    try {
      await lease.complete(result);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      const { connection, tenantId } = this.#session;
      const reconnector = new Reconnector(connection, tenantId);
      const stop = (): void => reconnector.stop();
      if (lease.signal.aborted) stop();
      else lease.signal.addEventListener("abort", stop, { once: true });
      await reconnector.write(() => lease.complete(result)).finally(stop);
    }
  }

  /** Waits for the handlers. A closing mesh waits for a limited time, then releases the rest untried. */
  async #drain(): Promise<void> {
    const finished = new AbortController();
    const all = Promise.all(this.#running.keys()).finally(() => finished.abort());
    await Promise.race([all, aborted(this.#session.storage.closing, finished.signal)]);
    if (this.#running.size === 0) return;
    await Promise.race([all, pause(DRAIN_MS, finished.signal)]);
    for (const { lease, done } of this.#running.values()) {
      done.abort();
      if (!lease.settled) await lease.release({ countAttempt: false }).catch(() => undefined);
    }
  }

  async #release(lease: ClaimedLease<never>, thrown: unknown): Promise<void> {
    const retryIn = exponentialDelay(lease.attempt - 1, this.#retryMs, LONGEST_RETRY_MS);
    // Work that a closing mesh interrupted has not failed.
    const isInterrupted = this.#session.storage.closing.aborted;
    try {
      const error = messageOf(thrown) ?? describe(thrown);
      await lease.release(
        isInterrupted
          ? { countAttempt: false }
          : { retryIn, maxAttempts: this.#maxAttempts, error },
      );
    } catch (error) {
      // The lease was lost, or will end by itself.
      if (!isSynthaError(error)) throw error;
    }
  }

  async #keepExtending(lease: ClaimedLease<never>, done: AbortSignal): Promise<void> {
    for (let waitMs = this.#leaseMs / 3; !done.aborted;) {
      await pause(waitMs, done);
      if (done.aborted || lease.settled) return;
      try {
        await lease.extend(this.#leaseMs);
        waitMs = this.#leaseMs / 3;
      } catch (error) {
        if (!mayPass(error)) return;
        waitMs = Math.min(waitMs, CLAIM_EVERY_MS);
      }
    }
  }

  #wake(): void {
    this.#isAwake = true;
    this.#waiting.abort();
  }

  async #wait(ms: number): Promise<void> {
    if (this.#isAwake) return;
    this.#waiting = new AbortController();
    await pause(ms, this.#waiting.signal);
  }
}

/** Whether another attempt may succeed. An extension whose outcome is unknown may be repeated. */
function mayPass(error: unknown): boolean {
  return isSynthaError(error) && (error.retryable || error.code === "UNKNOWN_OUTCOME");
}

/** Resolves when the signal aborts; `unneeded` removes the listener. */
function aborted(signal: AbortSignal, unneeded: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true, signal: unneeded });
  });
}
