import { isSynthaError } from "../error/syntha-error.ts";
import { toToken, type TokenParts } from "../log/fencing-token.ts";
import { refuseOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import type { Duration } from "../time/duration.ts";
import type { Item } from "../view/item.ts";
import { LeaseHandle } from "./lease-handle.ts";
import { LeaseMonitor, lostLease } from "./lease-monitor.ts";
import type {
  CompleteOptions,
  Completed,
  HandedOff,
  HandOffOptions,
  Lease,
  ReleaseOptions,
} from "./lease.ts";

/** What a granted claim returned; times are the storage's. */
export interface Grant<V> extends TokenParts {
  readonly item: Item<V>;
  readonly attempt: number;
  readonly until: number;
  readonly now: number;
}

/** A lease as `claim` returns it: the handle, the item, and a signal for its loss. */
export class ClaimedLease<V> extends LeaseHandle implements Lease<V> {
  readonly item: Item<V>;
  readonly attempt: number;
  #expiresAt: Date;
  readonly #leaseId: number;
  /** The end by this process' clock, which may differ from the storage's. */
  #endsAt: number;
  /** The same of the item: an expired one ends its lease. */
  readonly #itemEndsAt: number;
  #monitor: LeaseMonitor | undefined;
  #signal: AbortSignal | undefined;
  #isLost = false;

  constructor(session: Session, actor: Actor, grant: Grant<V>) {
    super(session, actor, grant.item.key, toToken(grant));
    this.item = grant.item;
    this.attempt = grant.attempt;
    this.#leaseId = grant.leaseId;
    this.#expiresAt = new Date(grant.until);
    const ahead = Date.now() - grant.now;
    this.#endsAt = grant.until + ahead;
    this.#itemEndsAt = (grant.item.expiresAt?.getTime() ?? Infinity) + ahead;
  }

  get expiresAt(): Date {
    return this.#expiresAt;
  }

  /** Monitored from the first time that it is read. */
  get signal(): AbortSignal {
    this.#signal ??= this.#monitorLoss();
    return this.#signal;
  }

  /** When it is lost unless it is extended. */
  get #lossAt(): number {
    return Math.min(this.#endsAt, this.#itemEndsAt);
  }

  #monitorLoss(): AbortSignal {
    if (this.#isLost) return AbortSignal.abort(lostLease(this.key));
    if (this.settled) return new AbortController().signal;
    const { storage } = this.session;
    this.#monitor = new LeaseMonitor(storage, this.key, this.#leaseId, this.#lossAt);
    return this.#monitor.signal;
  }

  override async extend(lease: Duration): Promise<{ readonly expiresAt: Date }> {
    if (arguments.length > 1) refuseOptions("extend", arguments[1]);
    const extended = await this.#noticeLoss(super.extend(lease));
    this.#endsAt += extended.expiresAt.getTime() - this.#expiresAt.getTime();
    this.#expiresAt = extended.expiresAt;
    this.#monitor?.setEnd(this.#lossAt);
    return extended;
  }

  override async complete(result?: unknown, options?: CompleteOptions): Promise<Completed> {
    const completed = await this.#noticeLoss(super.complete(result, options));
    this.#monitor?.stop();
    return completed;
  }

  override async handOff(value: unknown, options?: HandOffOptions): Promise<HandedOff> {
    const handedOff = await this.#noticeLoss(super.handOff(value, options));
    this.#monitor?.stop();
    return handedOff;
  }

  override async release(options?: ReleaseOptions): Promise<{ readonly failed: boolean }> {
    const released = await this.#noticeLoss(super.release(options));
    this.#monitor?.stop();
    return released;
  }

  /** A refused token means that the lease is lost. */
  async #noticeLoss<T>(result: Promise<T>): Promise<T> {
    try {
      return await result;
    } catch (error) {
      if (isSynthaError(error, "STALE_TOKEN")) {
        this.#isLost = true;
        this.#monitor?.lose();
      }
      throw error;
    }
  }
}
