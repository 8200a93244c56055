import { nameOf } from "../copy/dump-section.ts";
import type { EntryRecord, TenantHeader } from "../storage/tenant-record.ts";
import type { Findings } from "./findings.ts";

/** Checks that the log has every commit after its floor once, in order, up to the head. */
export class LogSequence {
  readonly #header: TenantHeader;
  readonly #findings: Findings;
  #last: EntryRecord | undefined;
  /** Entries that were read. */
  count = 0;

  constructor(header: TenantHeader, findings: Findings) {
    this.#header = header;
    this.#findings = findings;
  }

  add(entry: EntryRecord): void {
    this.count++;
    const { change, position, index } = entry;
    if (change.type === "corrupt") this.#findings.add(nameOf(entry), { field: "change" });
    if (position <= this.#header.floor) return;
    const last = this.#last;
    this.#last = entry;
    if (index === 0) this.#reportMissing((last?.position ?? this.#header.floor) + 1, position);
    else if (last?.position !== position || last.index + 1 !== index)
      this.#findings.add(`log entry ${position}.${index - 1}`, { only: "state" });
    if (last === undefined) return;
    if (last.position === position && last.commitId !== entry.commitId)
      this.#findings.add(nameOf(entry), { field: "commitId" });
    if (entry.at < last.at) this.#findings.add(nameOf(entry), { field: "at" });
  }

  finish(): void {
    const { head, headCommitId, floor } = this.#header;
    const last = this.#last;
    this.#reportMissing((last?.position ?? floor) + 1, head + 1);
    if (last?.position === head && last.commitId !== headCommitId)
      this.#findings.add(nameOf(last), { field: "commitId" });
  }

  #reportMissing(from: number, to: number): void {
    for (let position = from; position < to && !this.#findings.isFull; position++)
      this.#findings.add(`log entry ${position}.0`, { only: "state" });
  }
}
