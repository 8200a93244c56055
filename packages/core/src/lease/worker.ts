import { macrotask } from "../concurrency/macrotask.ts";
import { pause } from "../concurrency/pause.ts";
import { notify } from "../connection/notify.ts";
import { Reconnector } from "../connection/reconnector.ts";
import { isSynthaError, type SynthaError } from "../error/syntha-error.ts";
import { checkFunction } from "../options/check-kind.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import type { ClaimOperation } from "../storage/operation.ts";
import { toMs } from "../time/duration.ts";
import { checkCount } from "./check-count.ts";
import { attemptClaim, type ClaimAttempt } from "./claim.ts";
import { toWorkSource, type WorkSource } from "./claim-source.ts";
import type { ClaimedLease } from "./claimed-lease.ts";
import { ENDED, WorkAttempt, type Workplace } from "./work-attempt.ts";
import { checkWorkOptions, type WorkHandler, type WorkOptions } from "./work-options.ts";

/** The longest time between two attempts to claim: a commit listener may be late, and another worker's lease may end. */
const CLAIM_EVERY_MS = 1_000;
/** Times `concurrency`: attempts whose completion may be under way while others start. */
const MOST_UNFINISHED = 3;
/** Claims after which the event loop gets a turn. */
const CLAIMS_PER_TURN = 256;
/** How long a closing mesh waits for handlers. */
const DRAIN_MS = 5_000;

/** What a claim found: an item, a damaged one, or how long to wait before the next attempt, in milliseconds. */
type Found =
  | { readonly lease: ClaimedLease<never> }
  | { readonly damage: SynthaError }
  | { readonly waitMs: number };

/**
 * Works on the items of a source. Its states:
 *
 * - connecting: waits until the storage is open, through outages;
 * - claiming: fewer handlers than `concurrency` run, so it claims. A lease starts a handler, and each claim that finds an
 *   item lets one more be made at the same time: they share a transaction;
 * - waiting: nothing was ready, or enough handlers run. A commit, a handler that ends, the time at which an item becomes
 *   ready, and at the latest {@link CLAIM_EVERY_MS} lead back to claiming;
 * - draining: its signal, the mesh, or an error that would only repeat has stopped it. It claims nothing more and waits for
 *   the handlers; a closing mesh releases what still runs after {@link DRAIN_MS};
 * - ended: `run` resolves, or rejects with the error.
 *
 * Once the completion of an item is submitted, another handler may run: the claim for it shares the transaction.
 */
export class Worker {
  readonly #session: Session;
  readonly #actor: Actor;
  readonly #from: string | WorkSource;
  readonly #queues: ClaimOperation["from"];
  readonly #options: WorkOptions;
  readonly #concurrency: number;
  readonly #place: Workplace;
  readonly #reconnector: Reconnector;
  /** Attempts whose handler runs, or has returned while the item is being completed; undefined for a call of `onError` alone. */
  readonly #attempts = new Map<Promise<void>, WorkAttempt | undefined>();
  readonly #stopping = new AbortController();
  #failure: { readonly error: unknown } | undefined;
  /** Attempts that take up a place. */
  #busy = 0;
  /** Claims whose outcome is open. */
  #claiming = 0;
  /** Claims since it last rested. */
  #claimed = 0;
  #isResting = false;
  readonly #claims = new Set<Promise<void>>();
  /** Claims to make at once: one that finds nothing costs as much as one that finds an item. */
  #claimsAtOnce = 1;
  /** Counts what may have made an item ready. */
  #events = 0;
  /** Milliseconds until it claims again, after a claim found nothing and unless something happens. */
  #idleMs: number | undefined;
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
    this.#options = options;
    this.#concurrency = checkCount("concurrency", options.concurrency ?? 1, 1_000);
    this.#place = {
      session,
      actor,
      handler,
      onError: options.onError?.bind(options),
      leaseMs: toMs("lease", options.lease ?? "30s"),
      maxAttempts: checkCount("maxAttempts", options.maxAttempts ?? 5, 1_000_000),
      retryMs: toMs("retryIn", options.retryIn ?? "1s", true),
      stopped: this.#isStopped,
    };
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
      unsubscribe = storage.onCommit(this.#onEvent);
      while (!this.#isStopped.aborted) {
        this.#isAwake = false;
        this.#claimFree();
        await this.#wait();
      }
    } catch (error) {
      this.#end(error);
    } finally {
      unsubscribe?.();
      await Promise.all(this.#claims);
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

  #end(error: unknown): void {
    if (this.#isStopped.aborted) return;
    this.#fail(error);
    notify(this.#options.onError, error, undefined);
  }

  readonly #onEvent = (): void => {
    this.#events++;
    this.#idleMs = undefined;
    // At once, so that the claim and what the handler's end commits share a transaction.
    this.#claimFree();
    this.#wake();
  };

  /** Claims for handlers that may start. */
  #claimFree(): void {
    if (this.#isStopped.aborted || this.#isResting || this.#idleMs !== undefined) return;
    if (this.#claimed > CLAIMS_PER_TURN) return this.#rest();
    // Completions that are retried through an outage do not add up.
    const unfinished = this.#attempts.size - MOST_UNFINISHED * this.#concurrency;
    const free = this.#concurrency - Math.max(this.#busy, unfinished);
    while (this.#claiming < Math.min(this.#claimsAtOnce, free)) {
      this.#claiming++;
      this.#claimed++;
      const claim = this.#claim()
        .catch((error: unknown) => this.#end(error))
        .finally(() => {
          this.#claims.delete(claim);
          this.#wake();
        });
      this.#claims.add(claim);
    }
  }

  /** Gives timers and sockets a turn: with a storage in memory, nothing else does. */
  #rest(): void {
    this.#claimed = 0;
    this.#isResting = true;
    void macrotask().then(() => {
      this.#isResting = false;
      this.#claimFree();
    });
  }

  /** Starts a handler, if there is an item. */
  async #claim(): Promise<void> {
    const events = this.#events;
    let found: Found;
    try {
      found = await this.#find();
    } finally {
      // In the same turn as a handler starts: the two together are never more than `concurrency`.
      this.#claiming--;
    }
    if ("waitMs" in found) {
      this.#claimsAtOnce = 1;
      // What happened during the claim may have made an item ready.
      if (events === this.#events) this.#idleMs = found.waitMs;
      return;
    }
    this.#claimsAtOnce = Math.min(this.#claimsAtOnce + 1, this.#concurrency);
    if ("lease" in found) this.#start(found.lease);
    else this.#report(found.damage);
  }

  async #find(): Promise<Found> {
    try {
      const { lease, readyInMs } = await this.#reconnector.writeAgain(() => this.#attemptClaim());
      if (lease !== undefined) return { lease };
      return { waitMs: Math.min(Math.max(readyInMs ?? CLAIM_EVERY_MS, 1), CLAIM_EVERY_MS) };
    } catch (error) {
      // The item is parked, and the next one may be fine.
      if (isSynthaError(error, "CORRUPT_DATA") && error.details.key !== undefined)
        return { damage: error };
      // Too many writes for now; any other error would only repeat.
      if (isSynthaError(error) && error.retryable) return { waitMs: CLAIM_EVERY_MS };
      throw error;
    }
  }

  #start(lease: ClaimedLease<never>): void {
    const attempt = new WorkAttempt(this.#place, lease, this.#onBusyChange);
    this.#follow(attempt.run(), attempt);
  }

  /** Reports a damaged item, which takes up a place as a failed one does. */
  #report(damage: SynthaError): void {
    this.#onBusyChange(true);
    const report = async (): Promise<void> => {
      try {
        await this.#place.onError?.(damage, undefined);
      } finally {
        this.#onBusyChange(false);
      }
    };
    this.#follow(report(), undefined);
  }

  #follow(running: Promise<void>, attempt: WorkAttempt | undefined): void {
    const run = running
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#attempts.delete(run);
        this.#claimFree();
      });
    this.#attempts.set(run, attempt);
  }

  readonly #onBusyChange = (isBusy: boolean): void => {
    this.#busy += isBusy ? 1 : -1;
    if (!isBusy) this.#onEvent();
  };

  #attemptClaim(): Promise<ClaimAttempt> {
    const from = typeof this.#from === "string" ? { topic: this.#from } : this.#from;
    const { leaseMs, maxAttempts } = this.#place;
    const attempt = (): Promise<ClaimAttempt> =>
      attemptClaim(this.#session, this.#actor, this.#queues, leaseMs, maxAttempts);
    return this.#session.operations.run("claim", this.#actor, [from], attempt, true);
  }

  /** Waits for the handlers. A closing mesh waits for a limited time, then releases the rest untried. */
  async #drain(): Promise<void> {
    const finished = new AbortController();
    const all = Promise.all(this.#attempts.keys()).finally(() => finished.abort());
    await Promise.race([all, aborted(this.#session.storage.closing, finished.signal)]);
    if (this.#attempts.size === 0) return;
    await Promise.race([all, pause(DRAIN_MS, finished.signal)]);
    for (const attempt of this.#attempts.values()) await attempt?.abandon();
  }

  #wake(): void {
    this.#isAwake = true;
    this.#waiting.abort(ENDED);
  }

  async #wait(): Promise<void> {
    if (this.#isAwake) return;
    const { signal } = (this.#waiting = new AbortController());
    await pause(this.#idleMs ?? CLAIM_EVERY_MS, signal);
    if (!signal.aborted) this.#idleMs = undefined;
  }
}

/** Resolves when the signal aborts; `unneeded` removes the listener. */
function aborted(signal: AbortSignal, unneeded: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true, signal: unneeded });
  });
}
