import { type Duration, SynthaError } from "@syntha/core";
import {
  checkFlag,
  checkOptions,
  type Clock,
  knownOptions,
  MAX_TIMER_MS,
  toMs,
  wholeMs,
} from "@syntha/core/storage";
import type { Pool } from "pg";
import { checkConnectionString } from "./connection/connection-string.ts";
import { Server } from "./connection/server.ts";
import { type Distribution, toDistribution } from "./migrations/distribution.ts";
import type { PostgresStorageOptions } from "./options.ts";

export interface Settings {
  readonly source:
    | { readonly connectionString: string; readonly connections: number }
    | { readonly pool: Pool };
  readonly schema: string;
  readonly migrate: boolean;
  /** Undefined: the tables stay as they are. */
  readonly distribution: Distribution | undefined;
  readonly rowLevelSecurity: boolean;
  readonly durability: "power" | "process";
  /** Default: the server's. */
  readonly clock: Clock | undefined;
  readonly busyMs: number;
  readonly statementMs: number;
  readonly pollMs: number;
  /** What is found when the storage is opened. */
  readonly server: Server;
}

/** The server truncates longer names. */
const MAX_SCHEMA_BYTES = 63;

const OPTIONS = knownOptions<PostgresStorageOptions>("new PostgresStorage", {
  connectionString: true,
  connections: true,
  pool: true,
  schema: true,
  migrate: true,
  distribute: true,
  rowLevelSecurity: true,
  durability: true,
  clock: true,
  busyTimeout: true,
  statementTimeout: true,
  pollEvery: true,
});

/** @throws INVALID_ARGUMENTS */
export function toSettings(options: PostgresStorageOptions): Settings {
  checkOptions(options, OPTIONS);
  const { schema = "syntha", durability = "power", clock } = options;
  checkFlag("migrate", options.migrate);
  checkFlag("rowLevelSecurity", options.rowLevelSecurity);
  if (durability !== "power" && durability !== "process")
    throw invalid('`durability` must be "power" or "process".', "durability");
  return {
    source: toSource(options),
    schema: checkSchema(schema),
    migrate: options.migrate ?? true,
    distribution: toDistribution("new PostgresStorage", options.distribute),
    rowLevelSecurity: options.rowLevelSecurity ?? false,
    durability,
    clock: clock && wholeMs(clock),
    busyMs: timer("busyTimeout", options.busyTimeout ?? "10s"),
    statementMs: timer("statementTimeout", options.statementTimeout ?? "1m"),
    pollMs: timer("pollEvery", options.pollEvery ?? "1s"),
    server: new Server(),
  };
}

/** @throws INVALID_ARGUMENTS for an invalid name. */
export function checkSchema(schema: unknown): string {
  const isUsable =
    typeof schema === "string" &&
    schema !== "" &&
    !schema.includes("\0") &&
    !schema.startsWith("pg_") &&
    new TextEncoder().encode(schema).length <= MAX_SCHEMA_BYTES;
  if (!isUsable)
    throw invalid(
      `\`schema\` must have 1 to ${MAX_SCHEMA_BYTES} bytes and must not start with "pg_".`,
      "schema",
    );
  return schema;
}

function toSource(options: PostgresStorageOptions): Settings["source"] {
  const { connectionString, pool, connections = 10 } = options;
  if ((typeof connectionString === "string" && connectionString !== "") === (pool !== undefined))
    throw invalid("Pass exactly one of `connectionString` or `pool`.", "connectionString");
  if (pool !== undefined) return { pool: pool as Pool };
  if (!Number.isSafeInteger(connections) || connections < 1)
    throw invalid("`connections` must be a positive whole number.", "connections");
  return { connectionString: checkConnectionString(connectionString as string), connections };
}

/** At least 1 ms, as the server and the driver take 0 for no timeout. */
function timer(name: string, duration: Duration): number {
  return Math.min(Math.max(1, toMs(name, duration)), MAX_TIMER_MS);
}

function invalid(message: string, path: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: `Write new PostgresStorage({ connectionString: "postgres://user@host/database" }), or pass a pg.Pool as { pool }; durations are milliseconds such as 500, or text such as "10s".`,
    details: { path },
  });
}
