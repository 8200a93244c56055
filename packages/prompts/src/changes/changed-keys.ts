import { type AgentContext, type Cursor, isSynthaError, type WatchChange } from "@syntha/core";
import type { ContextState } from "../context/context-state.ts";
import type { Selection } from "../selection/selection.ts";

/** Changes read at once: they carry values. */
const PAGE = 200;

/** Keys of which something was told in the log since, each once, and the place up to which it was read. */
export interface ChangedKeys {
  readonly keys: ReadonlySet<string>;
  readonly cursor: Cursor;
  /** The storage's time. */
  readonly at: Date;
}

/** Why the changes since a place can't be told. */
export type Gap = "TOO_MANY_CHANGES" | "CURSOR_COMPACTED" | "INVALID_CURSOR" | "CORRUPT_DATA";

/** What has been written, or went out of sight, since the state's place; also what its time was over for since. */
export async function changedKeysSince(
  agent: AgentContext,
  state: ContextState,
  { topics, keys: selected }: Selection,
  most: number,
): Promise<ChangedKeys | Gap> {
  const keys = new Set<string>();
  let { cursor } = state;
  try {
    for (let read = 0; ;) {
      const filter = { since: cursor, topics, keys: selected };
      const page = await agent.changes({ ...filter, limit: PAGE });
      for (const change of page.changes) {
        // Events are read apart.
        if (change.type === "event" || isCorruptEvent(change)) continue;
        read++;
        const key = change.type === "put" ? change.item.key : change.key;
        // Of a damaged entry it is not known what it changed.
        if (key === undefined) return "CORRUPT_DATA";
        keys.add(key);
      }
      ({ cursor } = page);
      if (read > most) return "TOO_MANY_CHANGES";
      if (page.more) continue;
      // R8: gone at once, while the log may tell it only when it is swept.
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
