/** Where the server's process listens. */
export interface Started {
  readonly url: string;
  readonly tokens: readonly string[];
}

/** What the server's process uses. */
export interface Usage {
  /** Of memory, after a garbage collection. */
  readonly bytes: number;
  /** Open files of the database. */
  readonly files: number | undefined;
}
