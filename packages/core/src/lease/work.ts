import { exponentialDelay } from "../concurrency/backoff.ts";
import type { ConnectionListener } from "../connection/connection-change.ts";
import { notify } from "../connection/notify.ts";
import { isUnreachable, Reconnector } from "../connection/reconnector.ts";
import { isSynthaError } from "../error/syntha-error.ts";
import type { Item } from "../view/item.ts";
import type { Session } from "../session/session.ts";
import { checkCallback, checkFunction, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { type Duration, toMs } from "../time/duration.ts";
import { pause } from "../concurrency/pause.ts";
import { checkCount } from "./check-count.ts";
import type { ClaimedLease } from "./claimed-lease.ts";
import type { CompletionEvent, Lease } from "./lease.ts";

export interface WorkOptions {
  /** Items worked on at the same time. Default 1. */
  concurrency?: number | undefined;
  /** Each lease's length; it is extended while the handler runs. Default `"30s"`. */
  lease?: Duration | undefined;
  /** An item that failed this often is parked as `failed`. Default 5. */
  maxAttempts?: number | undefined;
  /** When a failed item can be claimed again; doubles with each attempt, up to a minute. Default `"1s"`. */
  retryIn?: Duration | undefined;
  /** Ends the loop: nothing more is claimed, and it resolves when what runs is finished. */
  signal?: AbortSignal | undefined;
  /**
   * Called with each failure of the handler and its item, which is retried or parked in any case. Called without an item
   * for one that is parked because its value is damaged (CORRUPT_DATA), and with the error that ends the loop, such as
   * MISCONFIGURED, before `work` rejects with it. What it throws, or rejects with, ends the loop.
   */
  onError?: ((error: unknown, item: Item | undefined) => unknown) | undefined;
  /** Called when this loop loses its storage, and when it reaches it again: see the option of the mesh. */
  onConnectionChange?: ConnectionListener | undefined;
}

const WORK = knownOptions<WorkOptions>("work", {
  concurrency: true,
  lease: true,
  maxAttempts: true,
  retryIn: true,
  signal: true,
  onError: true,
  onConnectionChange: true,
});

/**
 * Does one item's work. What it returns becomes the item's result; returning nothing deletes the item; it may also
 * complete or release the lease itself. Throwing gives the item back for another attempt.
 */
export type WorkHandler<
  V,
  T extends string = string,
  E = CompletionEvent,
  I extends Item<V> = Item<V>,
> = (item: I, lease: Lease<V, T, E, I>) => unknown;

/** What one attempt to claim found. */
export interface ClaimAttempt {
  readonly lease: ClaimedLease<never> | undefined;
  /** Milliseconds until something that waits can be claimed; null when nothing waits. */
  readonly readyInMs: number | null;
}

/** Even with a doorbell, one look this often: another process may be late with ringing, or its lease may end. */
const LOOK_EVERY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** How long a mesh that closes waits for handlers. */
const DRAIN_MS = 5_000;

/** Claims, runs the handler, and waits for more, until its signal or the mesh ends it. */
export class Worker {
  readonly #session: Session;
  readonly #agent: string | null;
  readonly #claim: (leaseMs: number, maxAttempts: number) => Promise<ClaimAttempt>;
  readonly #handler: WorkHandler<never>;
  readonly #options: WorkOptions;
  readonly #concurrency: number;
  readonly #leaseMs: number;
  readonly #maxAttempts: number;
  readonly #retryMs: number;
  readonly #reconnector: Reconnector;
  /** What runs, with what ends the extending of its lease. */
  readonly #running = new Map<
    Promise<void>,
    { readonly lease: ClaimedLease<never>; readonly done: AbortController }
  >();
  readonly #ended = new AbortController();
  #failure: { readonly error: unknown } | undefined;
  #hasNews = false;
  #nudge = new AbortController();

  constructor(
    session: Session,
    agent: string | null,
    claim: (leaseMs: number, maxAttempts: number) => Promise<ClaimAttempt>,
    handler: WorkHandler<never>,
    options: WorkOptions,
  ) {
    checkOptions(options, WORK);
    checkSignal(options.signal);
    checkCallback("onError", options.onError);
    checkCallback("onConnectionChange", options.onConnectionChange);
    checkFunction("handler", handler);
    this.#session = session;
    const { connection, tenantId } = session;
    this.#reconnector = new Reconnector(connection, tenantId, options.onConnectionChange);
    this.#agent = agent;
    this.#claim = claim;
    this.#handler = handler;
    this.#options = options;
    this.#concurrency = checkCount("concurrency", options.concurrency ?? 1, 1_000);
    this.#leaseMs = toMs("lease", options.lease ?? "30s");
    this.#maxAttempts = checkCount("maxAttempts", options.maxAttempts ?? 5, 1_000_000);
    this.#retryMs = toMs("retryIn", options.retryIn ?? "1s", true);
  }

  /** Resolves when the loop has ended and nothing runs. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    for (const each of [signal, this.#session.closing.signal]) {
      if (each?.aborted) this.#stop();
      else each?.addEventListener("abort", this.#stop, { once: true, signal: this.#ended.signal });
    }
    if (this.#isOver) return;
    let unsubscribe: (() => void) | undefined;
    try {
      const storage = await this.#reconnector.read(() => this.#session.ready());
      unsubscribe = storage.onCommit(this.#session.tenantId, () => this.#wake());
      while (!this.#isOver) {
        this.#hasNews = false;
        const wait = this.#running.size < this.#concurrency ? await this.#claimOne() : null;
        if (wait !== 0 && !this.#isOver) await this.#rest(wait);
      }
    } catch (error) {
      if (!this.#isOver) {
        this.#fail(error);
        notify(this.#options.onError, error, undefined);
      }
    } finally {
      unsubscribe?.();
      await this.#windDown();
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  readonly #stop = (): void => {
    this.#ended.abort();
    this.#reconnector.stop();
    this.#wake();
  };

  /** What the handler throws is retried; what else goes wrong ends the loop, and is thrown by it. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stop();
  }

  get #isOver(): boolean {
    return this.#ended.signal.aborted;
  }

  /** Starts on one item. Tells how long to rest, or null for as long as nothing happens. */
  async #claimOne(): Promise<number | null> {
    let attempt: ClaimAttempt;
    try {
      attempt = await this.#reconnector.writeAgain(() =>
        this.#claim(this.#leaseMs, this.#maxAttempts),
      );
    } catch (error) {
      // An item whose value is damaged is parked: the next one may be fine.
      if (isSynthaError(error, "CORRUPT_DATA") && error.details.key !== undefined) {
        await this.#options.onError?.(error, undefined);
        return 0;
      }
      // Too many writes for now; anything else would only repeat.
      if (isSynthaError(error) && error.retryable) return LOOK_EVERY_MS;
      throw error;
    }
    const { lease, readyInMs } = attempt;
    if (lease === undefined)
      return readyInMs === null ? LOOK_EVERY_MS : Math.min(Math.max(readyInMs, 1), LOOK_EVERY_MS);
    const done = new AbortController();
    const task = this.#do(lease, done)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#running.delete(task);
        this.#wake();
      });
    this.#running.set(task, { lease, done });
    return 0;
  }

  async #do(lease: ClaimedLease<never>, done: AbortController): Promise<void> {
    const extending = this.#keepExtending(lease, done.signal);
    try {
      // Claimed in the moment in which the loop ended: given back untried.
      if (this.#isOver) {
        await lease.release({ countAttempt: false });
        return;
      }
      await this.#handle(lease);
    } catch (error) {
      if (!lease.settled) await this.#giveBack(lease);
      await this.#options.onError?.(error, lease.item);
    } finally {
      done.abort();
      await extending;
    }
  }

  #handle(lease: ClaimedLease<never>): Promise<void> {
    const work = async (): Promise<void> => {
      const result = await this.#handler(lease.item, lease);
      if (!lease.settled) await this.#complete(lease, result);
    };
    const { interceptor, tenantId } = this.#session;
    if (interceptor === undefined) return work();
    const operation = { name: "work", tenantId, actor: this.#agent, args: [lease.item] } as const;
    return interceptor.intercept({ ...operation, isBackground: true }, work);
  }

  /** The work is done: an outage shorter than the lease must not have it done again. */
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

  /** Lets what runs finish. When the mesh closes, for a while only; then gives the rest back, untried. */
  async #windDown(): Promise<void> {
    const finished = new AbortController();
    const all = Promise.all(this.#running.keys()).finally(() => finished.abort());
    const closing = this.#session.closing.signal;
    await Promise.race([all, aborted(closing, finished.signal)]);
    if (this.#running.size === 0) return;
    await Promise.race([all, pause(DRAIN_MS, finished.signal)]);
    for (const { lease, done } of this.#running.values()) {
      done.abort();
      if (!lease.settled) await lease.release({ countAttempt: false }).catch(() => undefined);
    }
  }

  async #giveBack(lease: ClaimedLease<never>): Promise<void> {
    const retryIn = exponentialDelay(lease.attempt - 1, this.#retryMs, LONGEST_RETRY_MS);
    // Work that was cut short by the mesh closing has not failed.
    const cutShort = this.#session.closing.signal.aborted;
    try {
      await lease.release(
        cutShort ? { countAttempt: false } : { retryIn, maxAttempts: this.#maxAttempts },
      );
    } catch (error) {
      // Lost already, or it will end by itself.
      if (!isSynthaError(error)) throw error;
    }
  }

  async #keepExtending(lease: ClaimedLease<never>, done: AbortSignal): Promise<void> {
    for (let wait = this.#leaseMs / 3; !done.aborted;) {
      await pause(wait, done);
      if (done.aborted || lease.settled) return;
      try {
        await lease.extend(this.#leaseMs);
        wait = this.#leaseMs / 3;
      } catch (error) {
        if (!mayPass(error)) return;
        wait = Math.min(wait, LOOK_EVERY_MS);
      }
    }
  }

  #wake(): void {
    this.#hasNews = true;
    this.#nudge.abort();
  }

  async #rest(ms: number | null): Promise<void> {
    if (this.#hasNews) return;
    this.#nudge = new AbortController();
    await pause(ms ?? LOOK_EVERY_MS, this.#nudge.signal);
  }
}

/**
 * A busy or unreachable storage is asked again. So is one that did not tell whether it claimed or extended: a claim that
 * nobody knows of ends with its lease.
 */
function mayPass(error: unknown): boolean {
  return isSynthaError(error) && (error.retryable || error.code === "UNKNOWN_OUTCOME");
}

/** Settles when the signal aborts, or nobody waits for it any more. */
function aborted(signal: AbortSignal, unneeded: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true, signal: unneeded });
  });
}
