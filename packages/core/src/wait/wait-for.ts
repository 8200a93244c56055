import { SynthaError } from "../error/syntha-error.ts";
import { checkFunction, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import { type Duration, toMs } from "../time/duration.ts";
import type { Item } from "../view/item.ts";
import { waitUntil } from "./wait-until.ts";

export interface WaitOptions<I = Item> {
  /** Whether the item is what the caller waits for. @default any visible item is */
  until?: ((item: I) => boolean) | undefined;
  /** How long to wait at most. @default no limit */
  timeout?: Duration | undefined;
  /** Ends the wait with ABORTED. */
  signal?: AbortSignal | undefined;
}

const WAIT = knownOptions<WaitOptions>("waitFor", { until: true, timeout: true, signal: true });

const ANY = (): boolean => true;

export async function waitFor(
  session: Session,
  actor: Actor,
  key: string,
  options: WaitOptions,
): Promise<Item | undefined> {
  checkOptions(options, WAIT);
  const { until = ANY, timeout, signal } = options;
  checkFunction("until", until);
  checkSignal(signal);
  session.encoder.checkKey(key);
  const timeoutMs = timeout === undefined ? undefined : toMs("timeout", timeout, true);
  const limits = { timeoutMs, signal };
  return waitUntil(session, actor, key, limits, (item) =>
    item !== undefined && isMet(until(item)) ? item : undefined,
  );
}

/** @throws INVALID_ARGUMENTS for a promise, which would count as true */
function isMet(answer: unknown): boolean {
  if (!(answer instanceof Promise)) return Boolean(answer);
  answer.catch(() => undefined);
  throw new SynthaError("INVALID_ARGUMENTS", "`until` must not be asynchronous.", {
    hint: "Decide on the item that it is called with, or await something else after the wait.",
    details: { path: "until" },
  });
}
