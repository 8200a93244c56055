import type { LogEntry } from "../log/change.ts";

/** Entries in log order, a commit at a time. */
export function* byCommit(entries: readonly LogEntry[]): Generator<readonly LogEntry[]> {
  for (let from = 0, to = 0; from < entries.length; from = to) {
    const { position } = entries[from] as LogEntry;
    while (entries[to]?.position === position) to++;
    yield entries.slice(from, to);
  }
}
