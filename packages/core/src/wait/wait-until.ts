import { MAX_TIMER_MS, pause } from "../concurrency/pause.ts";
import { isUnreachable, Reconnector } from "../connection/reconnector.ts";
import { SynthaError } from "../error/syntha-error.ts";
import { getItem } from "../items/get.ts";
import type { Actor } from "../route/visibility.ts";
import type { Waiter } from "../session/log-follower.ts";
import type { Session } from "../session/session.ts";
import type { Item } from "../view/item.ts";

export interface WaitLimits {
  /** Undefined: no limit. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads an item now, and again after each commit that may have changed what the actor sees of it, until `check` returns
 * anything but undefined. Returns undefined when the time is over. An outage of the storage does not end it.
 * @throws ABORTED by the signal, CLOSED, CORRUPT_DATA, what `check` throws
 */
export async function waitUntil<T>(
  session: Session,
  actor: Actor,
  key: string,
  { timeoutMs, signal }: WaitLimits,
  check: (item: Item | undefined) => T | undefined,
): Promise<T | undefined> {
  const { storage, follower, connection, tenantId } = session;
  storage.checkOpen();
  const reconnector = new Reconnector(connection, tenantId);
  const wait = new Wait(actor, key, () => reconnector.stop());
  const over = new AbortController();
  const onAbort = (): void => wait.fail(aborted(key, signal));
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true, signal: over.signal });
  if (timeoutMs !== undefined)
    void timeout(timeoutMs, over.signal).then(() => !over.signal.aborted && wait.expire());
  try {
    await Promise.race([follower.join(wait), wait.end]);
    const read = async (): Promise<{ readonly item: Item | undefined }> => ({
      item: await getItem(session, actor, key),
    });
    for (;;) {
      wait.throwFailure();
      const isLast = wait.isOver;
      const reading = isLast ? Promise.race([read(), wait.failure]) : reconnector.read(read);
      const answer = await reading.catch((error: unknown) => {
        // Stopped while it read: the last read follows. If the storage is unreachable then, nothing is known of the item.
        if (isLast ? !isUnreachable(error) : !wait.isOver) throw error;
        return undefined;
      });
      wait.throwFailure();
      if (answer !== undefined) {
        const { item } = answer;
        const hasNewKeys = follower.rekey(wait, [key, ...(item?.pendingDependencies ?? [])]);
        const found = check(item);
        if (found !== undefined) return found;
        if (hasNewKeys) wait.wake();
      }
      if (isLast) return undefined;
      await wait.next();
    }
  } finally {
    over.abort();
    reconnector.stop();
    follower.leave(wait);
  }
}

/** One call's wait. */
class Wait implements Waiter {
  readonly actor: Actor;
  keys: readonly string[];
  /** Resolves when the time is over, or the wait has failed. */
  readonly end: Promise<void>;
  /** Rejects when the wait has failed. */
  readonly failure: Promise<never>;
  readonly #onEnd: () => void;
  #resolveEnd: () => void = () => undefined;
  #rejectFailure: (error: unknown) => void = () => undefined;
  #resume: () => void = () => undefined;
  #hasChanged = false;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(actor: Actor, key: string, onEnd: () => void) {
    this.actor = actor;
    this.keys = [key];
    this.#onEnd = onEnd;
    this.end = new Promise((resolve) => {
      this.#resolveEnd = resolve;
    });
    this.failure = new Promise((_, reject) => {
      this.#rejectFailure = reject;
    });
    // It may fail while nothing waits for it.
    this.failure.catch(() => undefined);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  wake(): void {
    this.#hasChanged = true;
    this.#resume();
  }

  expire(): void {
    this.#isOver = true;
    this.#onEnd();
    this.#resolveEnd();
    this.wake();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#rejectFailure(error);
    this.expire();
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Resolves at the next commit that may concern it, or at its end. */
  async next(): Promise<void> {
    if (!this.#hasChanged)
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    this.#hasChanged = false;
    this.throwFailure();
  }
}

async function timeout(ms: number, signal: AbortSignal): Promise<void> {
  for (let left = ms; left > 0 && !signal.aborted; left -= MAX_TIMER_MS)
    await pause(Math.min(left, MAX_TIMER_MS), signal);
}

function aborted(key: string, signal: AbortSignal | undefined): SynthaError {
  return new SynthaError("ABORTED", `Waiting for "${key}" was aborted.`, {
    hint: "Nothing was changed. Call again to wait on.",
    cause: signal?.reason,
  });
}
