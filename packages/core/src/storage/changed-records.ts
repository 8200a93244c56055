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
 * @param extended keys of items whose leases were extended since, which no entry names
 */
export function changedRecords(
  entries: Iterable<Pick<StoredEntry, "position" | "index" | "change">>,
  extended: Iterable<string>,
): ChangedRecords {
  const agents = new Set<string>();
  const keys = new Set<string>(extended);
  const events: Pick<EventRow, "position" | "index">[] = [];
  for (const { position, index, change } of entries) {
    if ("agent" in change) agents.add(change.agent);
    else if ("key" in change) keys.add(change.key);
    else if (change.type === "event") events.push({ position, index });
  }
  return { agents: [...agents], keys: [...keys], events };
}
