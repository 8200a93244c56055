/** A step from one schema version to the next. A released migration never changes. */
export interface Migration {
  readonly version: number;
  /** Whether releases without this migration would misread the file, and so must refuse it. */
  readonly breaking: boolean;
  readonly sql: string;
}
