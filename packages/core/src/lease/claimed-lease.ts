import { isSynthaError } from "../error/syntha-error.ts";
import type { Item } from "../view/item.ts";
import type { Session } from "../session/session.ts";
import { refuseOptions } from "../options/known-options.ts";
import type { Duration } from "../time/duration.ts";
import { LeaseHandle } from "./lease-handle.ts";
import type { CompleteOptions, Completed, Lease, ReleaseOptions } from "./lease.ts";
import { LeaseMonitor } from "./lease-monitor.ts";
import { toToken, type TokenParts } from "../log/fencing-token.ts";

/** What a granted claim told. Times are the storage's. */
export interface Grant<V> extends TokenParts {
  readonly item: Item<V>;
  readonly attempt: number;
  readonly until: number;
  readonly now: number;
}

/** A lease as `claim` gives it: the handle, what is known of the item, and a signal of its loss. */
export class ClaimedLease<V> extends LeaseHandle implements Lease<V> {
  readonly item: Item<V>;
  readonly attempt: number;
  #expiresAt: Date;
  readonly #mark: number;
  /** The end by this process' own clock, which may differ from the storage's. */
  #endsAt: number;
  #monitor: LeaseMonitor | undefined;
  #isLost = false;

  constructor(session: Session, by: string | null, grant: Grant<V>) {
    super(session, by, grant.item.key, toToken(grant));
    this.item = grant.item;
    this.attempt = grant.attempt;
    this.#mark = grant.leaseId;
    this.#expiresAt = new Date(grant.until);
    this.#endsAt = Date.now() + (grant.until - grant.now);
  }

  get expiresAt(): Date {
    return this.#expiresAt;
  }

  /** Nothing is watched until somebody asks for the signal. */
  get signal(): AbortSignal {
    if (this.#monitor === undefined) {
      const isOver = this.settled || this.#isLost;
      this.#monitor = new LeaseMonitor(this.session, this.key, this.#mark, this.#endsAt, isOver);
      if (this.#isLost) this.#monitor.lose();
    }
    return this.#monitor.signal;
  }

  #lose(): void {
    this.#isLost = true;
    this.#monitor?.lose();
  }

  override async extend(lease: Duration): Promise<{ readonly expiresAt: Date }> {
    if (arguments.length > 1) refuseOptions("extend", arguments[1]);
    const extended = await this.#endingWhenStale(super.extend(lease));
    this.#endsAt += extended.expiresAt.getTime() - this.#expiresAt.getTime();
    this.#expiresAt = extended.expiresAt;
    this.#monitor?.until(this.#endsAt);
    return extended;
  }

  override async complete(result?: unknown, options?: CompleteOptions): Promise<Completed> {
    const completed = await this.#endingWhenStale(super.complete(result, options));
    this.#monitor?.stop();
    return completed;
  }

  override async release(options?: ReleaseOptions): Promise<{ failed: boolean }> {
    const released = await this.#endingWhenStale(super.release(options));
    this.#monitor?.stop();
    return released;
  }

  /** A refused token is a lost lease. */
  async #endingWhenStale<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (isSynthaError(error, "STALE_TOKEN")) this.#lose();
      throw error;
    }
  }
}
