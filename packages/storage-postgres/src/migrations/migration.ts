/** A step from one version of the schema to the next. Append-only: a released step never changes. */
export interface Migration {
  readonly version: number;
  /** Whether older releases would misread the tables; they then refuse to open them. */
  readonly breaking: boolean;
  /** @param schema the quoted name */
  sql(schema: string): string;
}
