import { isSynthaError } from "../error/syntha-error.ts";
import type { Item } from "../mesh/item.ts";
import type { Session } from "../mesh/session.ts";
import type { Storage } from "../storage/storage.ts";
import { checkCallback, checkFunction, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { type Duration, toMs } from "../time/duration.ts";
import { pause } from "../time/pause.ts";
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
  /** Told of each failure of the handler; the item is retried or parked in any case. */
  onError?: ((error: unknown, item: Item) => void) | undefined;
}

const WORK = knownOptions<WorkOptions>("work", {
  concurrency: true,
  lease: true,
  maxAttempts: true,
  retryIn: true,
  signal: true,
  onError: true,
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
    checkFunction("handler", handler);
    this.#session = session;
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
    const end = (): void => {
      this.#ended.abort();
      this.#wake();
    };
    for (const each of [signal, this.#session.closing.signal]) {
      if (each?.aborted) end();
      else each?.addEventListener("abort", end, { once: true, signal: this.#ended.signal });
    }
    if (this.#isOver) return;
    const storage = await this.#storage();
    if (storage === undefined) return;
    const silence = storage.bell(this.#session.tenant, () => this.#wake());
    try {
      while (!this.#isOver) {
        this.#hasNews = false;
        const wait = this.#running.size < this.#concurrency ? await this.#claimOne() : null;
        if (wait !== 0 && !this.#isOver) await this.#rest(wait);
      }
    } finally {
      silence();
      await this.#windDown();
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** What the handler throws is retried; what else goes wrong ends the loop, and is thrown by it. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#ended.abort();
  }

  /** The storage, as soon as it can be opened; undefined when the loop ends before. */
  async #storage(): Promise<Storage | undefined> {
    while (!this.#isOver) {
      try {
        return await this.#session.ready();
      } catch (error) {
        if (!isSynthaError(error) || !error.retryable) throw error;
        await this.#rest(LOOK_EVERY_MS);
      }
    }
    return undefined;
  }

  get #isOver(): boolean {
    return this.#ended.signal.aborted;
  }

  /** Starts on one item. Tells how long to rest, or null for as long as nothing happens. */
  async #claimOne(): Promise<number | null> {
    let attempt: ClaimAttempt;
    try {
      attempt = await this.#claim(this.#leaseMs, this.#maxAttempts);
    } catch (error) {
      // Anything else would only repeat.
      if (mayPass(error)) return LOOK_EVERY_MS;
      if (isSynthaError(error, "CLOSED") && this.#isOver) return null;
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
      this.#options.onError?.(error, lease.item);
    } finally {
      done.abort();
      await extending;
    }
  }

  #handle(lease: ClaimedLease<never>): Promise<void> {
    const work = async (): Promise<void> => {
      const result = await this.#handler(lease.item, lease);
      if (!lease.settled) await lease.complete(result);
    };
    const { observer, tenant } = this.#session;
    if (observer === undefined) return work();
    const operation = { name: "work", tenant, agent: this.#agent, args: [lease.item] } as const;
    return observer.around({ ...operation, isBackground: true }, work);
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
    const retryIn = Math.min(this.#retryMs * 2 ** (lease.attempt - 1), LONGEST_RETRY_MS);
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
    while (!done.aborted) {
      await pause(this.#leaseMs / 3, done);
      if (done.aborted || lease.settled) return;
      try {
        await lease.extend(this.#leaseMs);
      } catch (error) {
        if (!mayPass(error)) return;
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
