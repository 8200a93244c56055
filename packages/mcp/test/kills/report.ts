/** What a client's process reports at its end: the calls that it made, and those that were answered. */
export interface ClientReport {
  readonly agent: string;
  readonly kills: number;
  readonly calls: number;
  /** Calls that the death of a server left without an answer. */
  readonly unanswered: number;
  /** Values of acknowledged pushes, by key. */
  readonly pushed: Readonly<Record<string, string>>;
  readonly increments: { readonly acknowledged: number; readonly attempted: number };
  readonly appended: {
    readonly acknowledged: readonly string[];
    readonly attempted: readonly string[];
  };
  /** Results of acknowledged completions, by the task's key. */
  readonly completed: readonly (readonly [key: string, result: string])[];
  /** Failures that no death explains. */
  readonly failures: readonly string[];
}
