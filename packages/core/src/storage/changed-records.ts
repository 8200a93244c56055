import type { EventRow } from "../model/event-row.ts";
import type { StoredEntry } from "../log/change.ts";

/** What log entries name, each once. */
export interface ChangedRecords {
  readonly agents: readonly string[];
  readonly keys: readonly string[];
  readonly events: readonly Pick<EventRow, "position" | "index">[];
}

/**
 * What these entries may have changed, apart from what a `topicDeleted` entry changes by its topic.
 * @param unlogged keys of items that changed without a log entry since
 */
export function changedRecords(
  entries: Iterable<Pick<StoredEntry, "position" | "index" | "change">>,
  unlogged: Iterable<string>,
): ChangedRecords {
  const agents = new Set<string>();
  const keys = new Set<string>(unlogged);
  const events: Pick<EventRow, "position" | "index">[] = [];
  for (const { position, index, change } of entries) {
    if ("agent" in change) agents.add(change.agent);
    else if ("key" in change) keys.add(change.key);
    else if (change.type === "event") events.push({ position, index });
  }
  return { agents: [...agents], keys: [...keys], events };
}
