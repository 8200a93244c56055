import { exponentialDelay } from "../concurrency/backoff.ts";
import { pause } from "../concurrency/pause.ts";
import { isUnreachable, Reconnector } from "../connection/reconnector.ts";
import { messageOf } from "../error/message.ts";
import { isSynthaError } from "../error/syntha-error.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import { describe } from "../text/describe.ts";
import type { ClaimedLease } from "./claimed-lease.ts";
import type { WorkHandler, WorkOptions } from "./work-options.ts";

/** Up to which delays between attempts grow; a first delay that is longer stays as it is. */
const LONGEST_RETRY_MS = 60_000;
/** The longest time between two attempts to extend a lease, after one that failed. */
const EXTEND_EVERY_MS = 1_000;
/** Why a pause ends early. Without a reason, aborting creates an exception with its stack each time. */
export const ENDED = "ended";

/** How a worker handles each of its items. */
export interface Workplace {
  readonly session: Session;
  readonly actor: Actor;
  readonly handler: WorkHandler<never>;
  readonly onError: WorkOptions["onError"];
  readonly leaseMs: number;
  readonly maxAttempts: number;
  readonly retryMs: number;
  /** Aborts when the worker stops: items that are claimed after it are released untried. */
  readonly stopped: AbortSignal;
}

/** Whether an attempt takes up one of the worker's places, of which it has as many as its `concurrency`. */
export type OnBusyChange = (isBusy: boolean) => void;

/**
 * A worker's attempt at a leased item: it runs the handler, extends the lease meanwhile, and completes or releases the item. It
 * takes up a place from the start until the completion is submitted, and again from a failure until `onError` has ended.
 */
export class WorkAttempt {
  readonly #place: Workplace;
  readonly #lease: ClaimedLease<never>;
  readonly #onBusyChange: OnBusyChange;
  #isBusy = false;
  readonly #done = new AbortController();

  constructor(place: Workplace, lease: ClaimedLease<never>, onBusyChange: OnBusyChange) {
    this.#place = place;
    this.#lease = lease;
    this.#onBusyChange = onBusyChange;
  }

  /** Resolves when the item is completed or released. Rejects with what `onError` throws. */
  async run(): Promise<void> {
    const lease = this.#lease;
    const { session, actor, stopped, onError } = this.#place;
    this.#setBusy(true);
    const extending = this.#keepExtending();
    try {
      if (stopped.aborted) await lease.release({ countAttempt: false });
      else await session.operations.run("work", actor, [lease.item], () => this.#handle(), true);
    } catch (error) {
      this.#setBusy(true);
      if (!lease.settled) await this.#release(error);
      await onError?.(error, lease.item);
    } finally {
      this.#setBusy(false);
      this.#done.abort(ENDED);
      await extending;
    }
  }

  /** Releases the item untried, although its handler still runs. */
  async abandon(): Promise<void> {
    this.#done.abort(ENDED);
    if (!this.#lease.settled)
      await this.#lease.release({ countAttempt: false }).catch(() => undefined);
  }

  #setBusy(isBusy: boolean): void {
    if (this.#isBusy === isBusy) return;
    this.#isBusy = isBusy;
    this.#onBusyChange(isBusy);
  }

  async #handle(): Promise<void> {
    const lease = this.#lease;
    const { session, handler } = this.#place;
    const result = await handler(lease.item, lease);
    if (lease.settled) return;
    const { submittedCommits } = session;
    const completion = this.#complete(result);
    // Otherwise it was refused, or waits for an asynchronous schema, and no claim may overtake it.
    if (session.submittedCommits > submittedCommits) this.#setBusy(false);
    await completion;
  }

  /** The work is done: an outage that is shorter than the lease must not cause a second attempt. */
  async #complete(result: unknown): Promise<void> {
    const lease = this.#lease;
    try {
      await lease.complete(result);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      const { connection, tenantId } = this.#place.session;
      const reconnector = new Reconnector(connection, tenantId);
      const stop = (): void => reconnector.stop();
      if (lease.signal.aborted) stop();
      else lease.signal.addEventListener("abort", stop, { once: true });
      await reconnector.write(() => lease.complete(result)).finally(stop);
    }
  }

  async #release(thrown: unknown): Promise<void> {
    const { session, retryMs, maxAttempts } = this.#place;
    const longestMs = Math.max(retryMs, LONGEST_RETRY_MS);
    const retryIn = exponentialDelay(this.#lease.attempt - 1, retryMs, longestMs);
    // Work that a closing mesh interrupted has not failed.
    const isInterrupted = session.storage.closing.aborted;
    try {
      const error = messageOf(thrown) ?? describe(thrown);
      await this.#lease.release(
        isInterrupted ? { countAttempt: false } : { retryIn, maxAttempts, error },
      );
    } catch (error) {
      // The lease was lost, or will end by itself.
      if (!isSynthaError(error)) throw error;
    }
  }

  async #keepExtending(): Promise<void> {
    const { leaseMs } = this.#place;
    const done = this.#done.signal;
    for (let waitMs = leaseMs / 3; !done.aborted;) {
      await pause(waitMs, done);
      if (done.aborted || this.#lease.settled) return;
      try {
        await this.#lease.extend(leaseMs);
        waitMs = leaseMs / 3;
      } catch (error) {
        if (!mayPass(error)) return;
        waitMs = Math.min(waitMs, EXTEND_EVERY_MS);
      }
    }
  }
}

/** Whether another attempt may succeed. An extension whose outcome is unknown may be repeated. */
function mayPass(error: unknown): boolean {
  return isSynthaError(error) && (error.retryable || error.code === "UNKNOWN_OUTCOME");
}
