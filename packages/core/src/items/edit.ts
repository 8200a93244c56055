import { SynthaError } from "../error/syntha-error.ts";
import { encode } from "../json/encode.ts";
import type { JsonValue } from "../json/json.ts";
import { parseJson } from "../json/parse-json.ts";
import { checkSignal } from "../options/check-kind.ts";
import { checkOptions, type KnownOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import { describe } from "../text/describe.ts";
import { mergePatch } from "./merge-patch.ts";
import type { Pushed } from "./push.ts";
import { update, UPDATE_NAMES, updateAborted, type UpdateOptions } from "./update.ts";

const MERGE = knownOptions<UpdateOptions>("merge", UPDATE_NAMES);
const APPEND = knownOptions<UpdateOptions>("append", UPDATE_NAMES);
const INCREMENT = knownOptions<UpdateOptions>("increment", UPDATE_NAMES);

/** The result of a call that changes part of a value. */
export type Edited<V = JsonValue> = Pushed & {
  /** The whole value as it was written. */
  readonly value: V;
};

export async function merge(
  session: Session,
  actor: Actor,
  key: string,
  patch: unknown,
  options: UpdateOptions,
): Promise<Edited> {
  const parsed = copyOf(session, patch);
  return edit(session, actor, key, (old) => mergePatch(old, parsed), options, MERGE);
}

export async function append(
  session: Session,
  actor: Actor,
  key: string,
  element: unknown,
  options: UpdateOptions,
): Promise<Edited> {
  const parsed = copyOf(session, element);
  const change = (old: JsonValue = []): JsonValue => {
    if (!Array.isArray(old)) throw notOf(key, "a list");
    return [...(old as readonly JsonValue[]), parsed];
  };
  return edit(session, actor, key, change, options, APPEND);
}

export async function increment(
  session: Session,
  actor: Actor,
  key: string,
  by: number,
  options: UpdateOptions,
): Promise<Edited> {
  if (!Number.isFinite(by))
    throw new SynthaError("INVALID_ARGUMENTS", `\`by\` must be a number, not ${describe(by)}.`, {
      hint: "Leave it out to add 1; a negative number subtracts.",
      details: { path: "by" },
    });
  const change = (old: JsonValue = 0): JsonValue => {
    if (typeof old !== "number") throw notOf(key, "a number");
    const sum = old + by;
    if (Number.isInteger(old) && Number.isInteger(by) && !Number.isSafeInteger(sum))
      throw tooFar(key);
    return sum;
  };
  return edit(session, actor, key, change, options, INCREMENT);
}

/**
 * An update whose function calls nothing, so that it can wait for others of its key.
 * @param change returns a value that shares no object with the caller
 */
async function edit(
  session: Session,
  actor: Actor,
  key: string,
  change: (old: JsonValue | undefined) => JsonValue,
  options: UpdateOptions,
  known: KnownOptions,
): Promise<Edited> {
  checkOptions(options, known);
  const { signal } = options;
  checkSignal(signal);
  let isWaiting = true;
  const edited = session.edits.run(key, () => {
    isWaiting = false;
    return update(session, actor, key, change, options, known, true);
  });
  // Once it has its turn, the update looks at the signal itself.
  return isWaiting && signal !== undefined ? orAborted(edited, signal, () => isWaiting) : edited;
}

/** Rejects when the signal aborts while the edit waits for others of its key. */
async function orAborted<T>(
  edited: Promise<T>,
  signal: AbortSignal,
  isWaiting: () => boolean,
): Promise<T> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = (): void => {
      if (isWaiting()) reject(updateAborted(signal));
    };
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { signal: settled.signal });
  });
  return Promise.race([edited, aborted]).finally(() => settled.abort());
}

/** What the caller passed, as it is now: an update may take several attempts. */
function copyOf({ encoder }: Session, value: unknown): JsonValue {
  return parseJson(encode(value, encoder.limits));
}

function notOf(key: string, kind: string): SynthaError {
  return new SynthaError("INVALID_VALUE", `The value of "${key}" is not ${kind}.`, {
    hint: `Read "${key}", and change it with update, or push ${kind} in its place.`,
    details: { path: "$" },
  });
}

function tooFar(key: string): SynthaError {
  return new SynthaError("INVALID_VALUE", `"${key}" would no longer count exactly.`, {
    hint: `Whole numbers are exact from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}: write larger ones as text.`,
    details: { path: "$" },
  });
}
