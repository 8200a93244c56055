/** Differences that are returned. */
const MAX_DIFFERENCES = 100;

/** What differs between the log of a tenant and what is stored. */
export interface VerificationDifference {
  /** Such as `item "plan"`, `agent "Ann"`, `topic "news"`, `log entry 12.0`, or `tenant` for its counters. */
  readonly record: string;
  /** The field that differs, such as `row.value`; undefined if the record exists on one side only. */
  readonly field?: string;
  /** `log`: the log has it, and the state lacks it. `state`: it is stored, and the log lacks it. */
  readonly only?: "log" | "state";
}

/** Collects differences. */
export class Findings {
  readonly differences: VerificationDifference[] = [];
  /** Whether there are more than are kept. */
  isFull = false;

  add(record: string, what: Omit<VerificationDifference, "record"> = {}): void {
    if (this.differences.length < MAX_DIFFERENCES) this.differences.push({ record, ...what });
    else this.isFull = true;
  }

  /** @param field the field that differs; nothing is added if there is none */
  addField(record: string, field: string | undefined): void {
    if (field !== undefined) this.add(record, { field });
  }
}
