import { type Duration, SynthaError } from "@syntha/core";
import { checkOptions, type Clock, knownOptions, toMs, wholeMs } from "@syntha/core/storage";
import type { Pool } from "pg";
import { checkConnectionString } from "./connection/connection-string.ts";
import type { PostgresStorageOptions } from "./options.ts";

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

const OPTIONS = knownOptions<PostgresStorageOptions>("new PostgresStorage", {
  connectionString: true,
  connections: true,
  pool: true,
  schema: true,
  migrate: true,
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
  if (pool !== undefined) return { pool: pool as Pool };
  if (!Number.isSafeInteger(connections) || connections < 1)
    throw invalid("`connections` is a whole number from 1 on.", "connections");
  return { connectionString: checkConnectionString(connectionString as string), connections };
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
