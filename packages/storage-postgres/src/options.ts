import { type Duration, SynthaError } from "@syntha/core";
import { type Clock, toMs, wholeMs } from "@syntha/core/storage";
import type { Pool } from "pg";

interface PostgresSettings {
  /** The schema that holds the tables; made by the first migration. Default: `"syntha"`. */
  schema?: string;
  /**
   * Whether opening brings the tables up to date. `false`: they must be there, as `migrationSql` makes them; for roles
   * that may not create tables. Default: true.
   */
  migrate?: boolean;
  /**
   * Whether the database itself keeps tenants apart, by row level security. Opening is then refused with a role or
   * tables that would get round it. Default: false.
   */
  rowLevelSecurity?: boolean;
  /**
   * What an acknowledged write survives. `"power"`: a power cut of the server, as it waits for its disk at each commit.
   * `"process"`: a killed process of yours or the server's; a power cut may take the last commits. Default: `"power"`.
   */
  durability?: "power" | "process";
  /** Where the time comes from. Default: the server's clock, which all its clients share. */
  clock?: Clock;
  /** How long to wait for another's lock, or for a connection, before giving up with UNAVAILABLE. Default: 10 seconds. */
  busyTimeout?: Duration;
  /** How long one statement may take before its connection is given up. Default: 1 minute. */
  statementTimeout?: Duration;
  /** How often to look for commits that no notification told, while something is watched. Default: 1 second. */
  pollEvery?: Duration;
}

/** How to reach the server, or a pool of yours that we never close. */
export type PostgresStorageOptions = PostgresSettings &
  (
    | {
        connectionString: string;
        /** Connections at most, beside one that listens. Default: 10. */
        connections?: number;
        pool?: never;
      }
    | { pool: Pool; connectionString?: never; connections?: never }
  );

export interface Settings {
  readonly source:
    | { readonly connectionString: string; readonly connections: number }
    | { readonly pool: Pool };
  readonly schema: string;
  readonly migrate: boolean;
  readonly rowLevelSecurity: boolean;
  readonly durability: "power" | "process";
  /** Undefined: the server's. */
  readonly clock: Clock | undefined;
  readonly busyMs: number;
  readonly statementMs: number;
  readonly pollMs: number;
}

/** Longer names are cut by the server. */
const MAX_SCHEMA_BYTES = 63;

/** @throws INVALID_ARGUMENTS */
export function toSettings(options: PostgresStorageOptions): Settings {
  const { schema = "syntha", durability = "power", clock } = options;
  if (durability !== "power" && durability !== "process")
    throw invalid(`"${String(durability)}" is no durability.`, "durability");
  return {
    source: toSource(options),
    schema: checkSchema(schema),
    migrate: options.migrate ?? true,
    rowLevelSecurity: options.rowLevelSecurity ?? false,
    durability,
    clock: clock && wholeMs(clock),
    busyMs: timer("busyTimeout", options.busyTimeout ?? "10s"),
    statementMs: timer("statementTimeout", options.statementTimeout ?? "1m"),
    pollMs: timer("pollEvery", options.pollEvery ?? "1s"),
  };
}

/** @throws INVALID_ARGUMENTS for what can't name a schema. */
export function checkSchema(schema: unknown): string {
  const isUsable =
    typeof schema === "string" &&
    schema !== "" &&
    !schema.includes("\0") &&
    !schema.startsWith("pg_") &&
    new TextEncoder().encode(schema).length <= MAX_SCHEMA_BYTES;
  if (!isUsable)
    throw invalid(
      `A schema's name has 1 to ${MAX_SCHEMA_BYTES} bytes and does not start with "pg_".`,
      "schema",
    );
  return schema;
}

function toSource(options: PostgresStorageOptions): Settings["source"] {
  const { connectionString, pool, connections = 10 } = options;
  if ((typeof connectionString === "string" && connectionString !== "") === (pool !== undefined))
    throw invalid(
      "A storage needs a connection string or a pool, one of both.",
      "connectionString",
    );
  if (pool !== undefined) return { pool };
  if (!Number.isSafeInteger(connections) || connections < 1)
    throw invalid("`connections` is a whole number from 1 on.", "connections");
  return { connectionString: connectionString as string, connections };
}

/** Timers hold no more; to the server and the driver none at all is for ever. */
function timer(name: string, duration: Duration): number {
  return Math.min(Math.max(1, toMs(name, duration)), 2 ** 31 - 1);
}

function invalid(message: string, path: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: `Write new PostgresStorage({ connectionString: "postgres://user@host/database" }), or hand in a pg.Pool as { pool }, with times as 500, "500ms" or "10s".`,
    details: { path },
  });
}
