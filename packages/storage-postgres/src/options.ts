import type { Clock, Duration } from "@syntha/core";
import type { DistributionOptions } from "./migrations/distribution.ts";

/**
 * The part of a `pg.Pool` that the storage uses. Declared by shape, so that programs that pass a connection string need
 * no types of the driver.
 */
export interface OpenPool {
  readonly options: object;
  readonly totalCount: number;
  connect(): Promise<{
    query(text: string): Promise<unknown>;
    release(error?: Error | boolean): void;
  }>;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

interface PostgresSettings {
  /**
   * The schema that contains the tables. The first migration creates it.
   * @default "syntha"
   */
  schema?: string | undefined;
  /**
   * Whether opening creates and upgrades the tables. With `false` they must exist, as {@link migrationSql} creates them;
   * for roles that may not create tables.
   * @default true
   */
  migrate?: boolean | undefined;
  /**
   * Whether the tables are distributed by tenant over the workers of a Citus cluster. Opening distributes them, with the
   * rows that they have, unless they are distributed already; with `migrate: false` they must be. Tables that are
   * distributed are used as such without this option.
   * @default false
   */
  distribute?: boolean | DistributionOptions | undefined;
  /**
   * Whether the database itself separates tenants, by row level security as {@link rowLevelSecuritySql} sets it up.
   * Opening then rejects with `STORAGE_MISMATCH` if the role or the tables would bypass it.
   * @default false
   */
  rowLevelSecurity?: boolean | undefined;
  /**
   * What an acknowledged write survives. `"power"`: a power cut of the server, because each commit waits for its disk.
   * `"process"`: a crash of this process or of the server; a power cut may lose the last commits.
   * @default "power"
   */
  durability?: "power" | "process" | undefined;
  /**
   * Returns the current time in milliseconds since 1970.
   * @default The server's clock, which all its clients share.
   */
  clock?: Clock | undefined;
  /**
   * How long a call waits for another transaction's lock, for an earlier write to the same tenant or for a connection
   * before it rejects with `UNAVAILABLE`. A connection that does not answer although the server is not executing its
   * statement is closed after about half of it.
   * @default "10s"
   */
  busyTimeout?: Duration | undefined;
  /**
   * How long the server executes a statement before it cancels it. A connection that has not answered by then is closed.
   * @default "1m"
   */
  statementTimeout?: Duration | undefined;
  /**
   * How often a watched tenant is checked for commits whose notification was lost.
   * @default "1s"
   */
  pollEvery?: Duration | undefined;
}

/** Either the address of the server, or a pool of yours, which stays yours to end. */
export type PostgresStorageOptions = PostgresSettings &
  (
    | {
        /**
         * Such as `"postgres://user:password@host:5432/database"`, with `encodeURIComponent` for special characters in
         * user, password and database.
         */
        connectionString: string;
        /**
         * The maximum number of connections, not counting the one that listens for commits.
         * @default 10
         */
        connections?: number | undefined;
        pool?: undefined;
      }
    | { pool: OpenPool; connectionString?: undefined; connections?: undefined }
  );
