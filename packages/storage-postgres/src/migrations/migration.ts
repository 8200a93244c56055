/** One step from a schema to the next. Append-only: a released one never changes. */
export interface Migration {
  readonly version: number;
  /** Whether code that does not know it would misread the tables; such code then refuses to open them. */
  readonly breaking: boolean;
  /** Statements for a schema, given as a quoted name. */
  sql(schema: string): string;
}
