import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import type { OpResult } from "../storage/outcome.ts";
import { checkNames } from "../text/name.ts";
import { checkRevision, READ_SET, type ReadSet, toReadSet } from "./read-set.ts";

export interface DeleteOptions extends ReadSet {
  /** Deletes the item only if it has this revision. */
  ifRevision?: number | undefined;
}

const DELETE = knownOptions<DeleteOptions>("delete", { ifRevision: true, ...READ_SET });

/** Returns whether there was an item that the actor sees. */
export async function deleteItem(
  session: Session,
  actor: Actor,
  key: string,
  options: DeleteOptions,
): Promise<boolean> {
  checkOptions(options, DELETE);
  session.encoder.checkKey(key);
  const { ifRevision } = options;
  checkRevision(ifRevision);
  const readSet = toReadSet(session.encoder, options);
  const { deleted } = await session.perform(actor, { type: "delete", key, ifRevision }, readSet);
  return deleted;
}

/** Keys that one call may delete. */
const MAX_KEYS = 10_000;

const DELETE_MANY = knownOptions<ReadSet>("deleteMany", READ_SET);

/** Deletes all or none. Returns the keys of the items that there were, and that the actor sees. */
export async function deleteMany(
  session: Session,
  actor: Actor,
  keys: readonly string[],
  options: ReadSet,
): Promise<readonly string[]> {
  checkOptions(options, DELETE_MANY);
  const { encoder } = session;
  const names = checkNames("key", keys, MAX_KEYS, encoder.limits.keyBytes);
  const ops = names.map((key) => ({ type: "delete", key, ifRevision: undefined }) as const);
  const { results } = await session.commit(actor, ops, toReadSet(encoder, options));
  return names.filter((_, i) => (results[i] as OpResult & { type: "delete" }).deleted);
}
