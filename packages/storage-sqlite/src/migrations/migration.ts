/** One step from a schema to the next. Append-only: a released one never changes. */
export interface Migration {
  readonly version: number;
  /** Whether code that does not know it would misread the file; such code then refuses to open it. */
  readonly breaking: boolean;
  readonly sql: string;
}
