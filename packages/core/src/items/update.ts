import { knownNamesOf, routed } from "../agents/route-report.ts";
import { macrotasks } from "../concurrency/macrotask.ts";
import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import type { JsonValue } from "../json/json.ts";
import { parseJson } from "../json/parse-json.ts";
import { checkFunction, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { RouteInput } from "../route/route.ts";
import type { Actor } from "../route/visibility.ts";
import type { MeshSchema, ValueOf, WritableOf } from "../schema/mesh-schema.ts";
import type { Session } from "../session/session.ts";
import { type Duration, toMs } from "../time/duration.ts";
import { valueOf } from "../view/item.ts";
import { readRow } from "./get.ts";
import { type Pushed, putOperation, toPushed } from "./push.ts";
import { READ_SET, type ReadSet, toReadSet } from "./read-set.ts";

/** The longest wait before another attempt, in turns of the event loop: some milliseconds. */
const MAX_TURNS = 512;

export interface UpdateOptions<T extends string = string> extends RouteInput<T>, ReadSet {
  /** How long a created item exists. @default no expiry */
  ttl?: Duration | undefined;
  /** Ends the attempts. */
  signal?: AbortSignal | undefined;
}

export const UPDATE_NAMES = {
  topics: true,
  subscribers: true,
  global: true,
  ttl: true,
  signal: true,
  ...READ_SET,
} as const;
const UPDATE = knownOptions<UpdateOptions>("update", UPDATE_NAMES);

/** The new value, as the function given to `update` returns it. */
export type Updated<S extends MeshSchema, K, V> = [ValueOf<S, K, never>] extends [never]
  ? V
  : WritableOf<S, K, V>;

/** @param isOwned whether `change` edits a part of the value, and returns one that shares no object with anyone else */
export async function update(
  session: Session,
  actor: Actor,
  key: string,
  change: (old: JsonValue | undefined) => unknown,
  options: UpdateOptions,
  known = UPDATE,
  isOwned = false,
): Promise<Pushed & { readonly value: JsonValue }> {
  checkOptions(options, known);
  const { signal, ttl, ifRevisions, ...route } = options;
  checkSignal(signal);
  checkFunction("change", change);
  session.encoder.checkKey(key);
  // Checked even if the item exists and they are not used.
  session.encoder.toRoute(route, key);
  if (ttl !== undefined) toMs("ttl", ttl);
  const readSet = toReadSet(session.encoder, { ifRevisions });
  const { keepsValues } = session.encoder.schema;
  for (let tries = 0; ; tries++) {
    if (signal?.aborted) throw updateAborted(signal);
    const [row] = (await readRow(session, actor, key)).items;
    const old = row && valueOf(row);
    if (isOwned && old !== undefined && !keepsValues)
      await session.encoder.schema.checkPart(key, old);
    const value = await change(old);
    try {
      const push =
        row === undefined
          ? { ...route, ttl, ifRevision: 0 }
          : { ttl: "keep" as const, ifRevision: row.revision };
      const op = await putOperation(session.encoder, key, value, push);
      const { results } = await routed(session, session.commit(actor, [op], readSet));
      return {
        ...(await toPushed(key, results[0], knownNamesOf(session))),
        value: isOwned && keepsValues ? (value as JsonValue) : parseJson(op.value),
      };
    } catch (error) {
      // Another attempt does not change what the caller's read set found.
      if (!isSynthaError(error, "CONFLICT") || error.details.conflicts) throw error;
    }
    // Spreads out the attempts when many callers update one key.
    if (tries > 2) await macrotasks(Math.random() * Math.min(2 ** tries, MAX_TURNS), signal);
  }
}

export function updateAborted(signal: AbortSignal): SynthaError {
  return new SynthaError("ABORTED", "The update was aborted.", {
    hint: "Nothing was written.",
    cause: signal.reason,
  });
}
