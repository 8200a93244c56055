import { type Identity, identityKey } from "../identity/identity.ts";

/** Why a request was ended before its answer was complete. */
export type EndReason = "disconnected" | "revoked" | "closed";

/** A request in progress: from its authentication until the last byte of its answer. */
export class Exchange {
  readonly request: Request;
  /** The one that was authenticated, whichever agent the request acts as. */
  readonly identity: Identity;
  isListen = false;
  /** Of its only message, if that is a request but no listen. */
  requestId: string | number | undefined;
  /** When the current check of the identity began; undefined between checks. */
  checkingSince: number | undefined;
  #endReason: EndReason | undefined;
  #isReleased = false;
  readonly #deferred: (() => void)[] = [];
  readonly #controller = new AbortController();
  readonly #onDisconnect = (): void => this.end("disconnected");
  readonly #onRevoke = (): void => this.end("revoked");

  constructor(request: Request, identity: Identity) {
    this.request = request;
    this.identity = identity;
    request.signal.addEventListener("abort", this.#onDisconnect);
    identity.signal?.addEventListener("abort", this.#onRevoke);
    if (request.signal.aborted) this.end("disconnected");
    if (identity.signal?.aborted || this.isExpired(Date.now())) this.end("revoked");
  }

  /** Aborts when the request ends before its time. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get endReason(): EndReason | undefined {
    return this.#endReason;
  }

  isExpired(now: number): boolean {
    const { expiresAt } = this.identity;
    // An invalid date is no time in the future.
    return expiresAt !== undefined && !(expiresAt.getTime() > now);
  }

  /** Whether another authentication of the same request gave the same rights. */
  isSame(identity: Identity | undefined): boolean {
    if (identity === undefined || identity.signal?.aborted) return false;
    return identityKey(identity) === identityKey(this.identity);
  }

  end(reason: EndReason): void {
    this.#endReason ??= reason;
    this.#controller.abort();
    this.release();
  }

  /** Runs a function once the exchange is over. */
  defer(cleanUp: () => void): void {
    if (this.#isReleased) cleanUp();
    else this.#deferred.push(cleanUp);
  }

  release(): void {
    this.#isReleased = true;
    for (const cleanUp of this.#deferred.splice(0)) cleanUp();
    this.request.signal.removeEventListener("abort", this.#onDisconnect);
    this.identity.signal?.removeEventListener("abort", this.#onRevoke);
  }
}
