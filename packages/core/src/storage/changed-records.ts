import type { EventRow } from "../model/event-row.ts";
import type { StoredEntry } from "../log/change.ts";

/** Whom and what lines of the log name, each once. */
export interface ChangedRecords {
  readonly agents: readonly string[];
  readonly keys: readonly string[];
  readonly events: readonly Pick<EventRow, "position" | "index">[];
}

/**
 * What may differ from how it was before these lines, beside what an `untopic` line changes by its topic.
 * @param extended Keys of items whose leases were extended since, which no line names.
 */
export function changedRecords(
  lines: Iterable<Pick<StoredEntry, "position" | "index" | "change">>,
  extended: Iterable<string>,
): ChangedRecords {
  const agents = new Set<string>();
  const keys = new Set<string>(extended);
  const events: Pick<EventRow, "position" | "index">[] = [];
  for (const { position, index, change } of lines) {
    if ("agent" in change) agents.add(change.agent);
    else if ("key" in change) keys.add(change.key);
    else if (change.type === "event") events.push({ position, index });
  }
  return { agents: [...agents], keys: [...keys], events };
}
