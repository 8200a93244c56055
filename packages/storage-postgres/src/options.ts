import type { Clock, Duration } from "@syntha/core";
import type { OpenPool } from "./open-pool.ts";

interface PostgresSettings {
  /** The schema that holds the tables; made by the first migration. Default: `"syntha"`. */
  schema?: string | undefined;
  /**
   * Whether opening brings the tables up to date. `false`: they must be there, as `migrationSql` makes them; for roles
   * that may not create tables. Default: true.
   */
  migrate?: boolean | undefined;
  /**
   * Whether the database itself keeps tenants apart, by row level security. Opening is then refused with a role or
   * tables that would get round it. Default: false.
   */
  rowLevelSecurity?: boolean | undefined;
  /**
   * What an acknowledged write survives. `"power"`: a power cut of the server, as it waits for its disk at each commit.
   * `"process"`: a killed process of yours or the server's; a power cut may take the last commits. Default: `"power"`.
   */
  durability?: "power" | "process" | undefined;
  /** Where the time comes from. Default: the server's clock, which all its clients share. */
  clock?: Clock | undefined;
  /**
   * How long to wait for another's lock, an earlier write to the tenant, or a connection before giving up with UNAVAILABLE.
   * A connection that gives no answer although the server works on none is given up sooner. Default: 10 seconds.
   */
  busyTimeout?: Duration | undefined;
  /** How long one statement may take before the server ends it; without an answer by then, its connection is given up. Default: 1 minute. */
  statementTimeout?: Duration | undefined;
  /** How often to look for commits that no notification told, while something is watched. Default: 1 second. */
  pollEvery?: Duration | undefined;
}

/** How to reach the server, or a pool of yours that we never close. */
export type PostgresStorageOptions = PostgresSettings &
  (
    | {
        connectionString: string;
        /** Connections at most, beside one that listens. Default: 10. */
        connections?: number | undefined;
        pool?: undefined;
      }
    | { pool: OpenPool; connectionString?: undefined; connections?: undefined }
  );
