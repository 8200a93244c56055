import type { Authenticate, Identity } from "../identity/identity.ts";
import { Exchange } from "./exchange.ts";

/** Below a second, so that a revoked identity's requests end within one. */
const CHECK_EVERY_MS = 750;
/** An authenticator that does not answer is taken to refuse. */
const MAX_CHECK_MS = 5_000;

/** The requests in progress of a handler: counts them by agent, and ends those whose identity is no longer valid. */
export class Exchanges {
  readonly #open = new Map<string, Set<Exchange>>();
  readonly #authenticate: Authenticate;
  readonly #onError: (error: Error) => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(authenticate: Authenticate, onError: (error: Error) => void) {
    this.#authenticate = authenticate;
    this.#onError = onError;
  }

  /** Those of the authenticated agent, whichever tokens they came with. */
  countOf(identity: Identity): { requests: number; listens: number } {
    const exchanges = this.#open.get(keyOf(identity)) ?? [];
    let [requests, listens] = [0, 0];
    for (const { isListen } of exchanges) {
      requests++;
      if (isListen) listens++;
    }
    return { requests, listens };
  }

  add(request: Request, identity: Identity): Exchange {
    const exchange = new Exchange(request, identity);
    const key = keyOf(identity);
    const exchanges = this.#open.get(key) ?? new Set();
    this.#open.set(key, exchanges.add(exchange));
    this.#timer ??= startTimer(() => this.#check());
    return exchange;
  }

  delete(exchange: Exchange): void {
    exchange.release();
    const key = keyOf(exchange.identity);
    const exchanges = this.#open.get(key);
    exchanges?.delete(exchange);
    if (exchanges?.size === 0) this.#open.delete(key);
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  endAll(): void {
    for (const exchange of this.#all()) exchange.end("closed");
  }

  #check(): void {
    const now = Date.now();
    for (const exchange of this.#all()) {
      const { checkingSince, identity } = exchange;
      if (exchange.isExpired(now)) exchange.end("revoked");
      else if (identity.signal !== undefined) continue;
      else if (checkingSince === undefined) void this.#authenticateAgain(exchange, now);
      else if (now - checkingSince > MAX_CHECK_MS) exchange.end("revoked");
    }
  }

  async #authenticateAgain(exchange: Exchange, now: number): Promise<void> {
    exchange.checkingSince = now;
    try {
      const identity = await this.#authenticate(exchange.request);
      if (!exchange.isSame(identity)) exchange.end("revoked");
    } catch (error) {
      // Whether the identity is still valid can't be known, so that it is taken to be revoked.
      exchange.end("revoked");
      this.#onError(error as Error);
    }
    exchange.checkingSince = undefined;
  }

  #all(): readonly Exchange[] {
    return [...this.#open.values()].flatMap((exchanges) => [...exchanges]);
  }
}

function keyOf({ tenantId, agent }: Identity): string {
  return JSON.stringify([tenantId, agent]);
}

/** Does not keep a Node process alive. */
function startTimer(task: () => void): ReturnType<typeof setInterval> {
  const timer = setInterval(task, CHECK_EVERY_MS);
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
