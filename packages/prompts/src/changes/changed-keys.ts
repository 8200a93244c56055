import { type AgentContext, type Cursor, isSynthaError, type WatchChange } from "@syntha/core";
import type { ContextState } from "../context/context-state.ts";
import type { Selection } from "../selection/selection.ts";

/** Changes per read: they contain values. */
const PAGE_SIZE = 200;

/** The keys that changed in the log after a cursor. */
export interface ChangedKeys {
  readonly keys: ReadonlySet<string>;
  /** The position up to which the log was read. */
  readonly cursor: Cursor;
  /** The storage's time. */
  readonly at: Date;
}

/** Why the changes after a cursor can't be rendered. */
export type ChangesUnavailable =
  | "TOO_MANY_CHANGES"
  | "CURSOR_COMPACTED"
  | "INVALID_CURSOR"
  | "CORRUPT_DATA";

/** The keys that were written, or left the agent's view, after the state's cursor; also those of items expired since. */
export async function changedKeysSince(
  agent: AgentContext,
  state: ContextState,
  { topics, keys: selectedKeys }: Selection,
  maxChanges: number,
): Promise<ChangedKeys | ChangesUnavailable> {
  const keys = new Set<string>();
  let { cursor } = state;
  try {
    for (let read = 0; ;) {
      const filter = { since: cursor, topics, keys: selectedKeys };
      const page = await agent.changes({ ...filter, limit: PAGE_SIZE });
      for (const change of page.changes) {
        // Events are read separately.
        if (change.type === "event" || isCorruptEvent(change)) continue;
        read++;
        const key = change.type === "put" ? change.item.key : change.key;
        // The log entry is damaged, so its keys are unknown.
        if (key === undefined) return "CORRUPT_DATA";
        keys.add(key);
      }
      ({ cursor } = page);
      if (read > maxChanges) return "TOO_MANY_CHANGES";
      if (page.more) continue;
      // R8: an item expires at once, but the log records it only when it is swept.
      for (const [key, , expiresAt] of state.shown)
        if (expiresAt !== null && expiresAt <= page.at.getTime()) keys.add(key);
      return { keys, cursor, at: page.at };
    }
  } catch (error) {
    if (isSynthaError(error, "CURSOR_COMPACTED") || isSynthaError(error, "INVALID_CURSOR"))
      return error.code;
    throw error;
  }
}

function isCorruptEvent(change: WatchChange): boolean {
  return change.type === "corrupt" && change.error.details.event !== undefined;
}
