import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import { checkRevision } from "./push.ts";

export interface DeleteOptions {
  /** Deletes the item only if it has this revision. */
  ifRevision?: number | undefined;
}

const DELETE = knownOptions<DeleteOptions>("delete", { ifRevision: true });

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
  const { deleted } = await session.perform(actor, { type: "delete", key, ifRevision });
  return deleted;
}
