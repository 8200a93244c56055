import type { Settings } from "../settings.ts";
import { type Call, call, plain, prepared } from "./statement.ts";

/** `value` is an SQL expression. */
type Setting = readonly [name: string, value: string];

/**
 * Every statement reads by a full key or in the order of one. A generic plan over indexes stays right however large the
 * tables become after it was made.
 */
const LOCAL: readonly Setting[] = [["plan_cache_mode", "'force_generic_plan'"]];

/**
 * Citus finds the worker of a tenant only in a plan for that tenant, except for the simplest statements. Settings of a
 * transaction are to reach the worker too.
 */
const DISTRIBUTED: readonly Setting[] = [
  ["plan_cache_mode", "'auto'"],
  ["citus.propagate_set_commands", "'local'"],
];

/** Settings that the statements rely on, and that the server, database, role or another program may set otherwise. */
const REQUIRED: readonly Setting[] = [
  ["enable_seqscan", "'off'"],
  ["enable_bitmapscan", "'off'"],
  ["enable_hashjoin", "'off'"],
  ["enable_mergejoin", "'off'"],
  ["enable_indexscan", "'on'"],
  ["enable_indexonlyscan", "'on'"],
  ["enable_nestloop", "'on'"],
  ["jit", "'off'"],
  // Functions and operators are the server's; tables are qualified by their schema.
  ["search_path", "'pg_catalog, pg_temp'"],
  // Arrays are sent as text in which NULL means no value.
  ["array_nulls", "'on'"],
];

/**
 * How long a client that stops in the middle of a transaction can block others: half of the default `busyTimeout`, so
 * that those that wait for its lock still get it.
 */
const MAX_IDLE_MS = 5_000;

/** Raises `off` only: which of the durable levels to use is the administrator's choice. */
const DURABLE =
  "CASE pg_catalog.current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE pg_catalog.current_setting('synchronous_commit') END";

function all({ durability, busyMs, statementMs, server }: Settings): readonly Setting[] {
  return [
    ...(server.isDistributed ? DISTRIBUTED : LOCAL),
    ...REQUIRED,
    ["synchronous_commit", durability === "power" ? DURABLE : "'off'"],
    ["statement_timeout", `'${statementMs}'`],
    ["lock_timeout", `'${busyMs}'`],
    ["idle_in_transaction_session_timeout", `'${MAX_IDLE_MS}'`],
  ];
}

/** Settings for statements outside transactions. */
const SESSION_ONLY: readonly Setting[] = [
  ["default_transaction_isolation", "'read committed'"],
  ["default_transaction_deferrable", "'off'"],
];

/** Timeouts that older servers do not have. */
const OPTIONAL: readonly Setting[] = [
  ["idle_session_timeout", "'0'"],
  ["transaction_timeout", "'0'"],
];

/** A single column, because decoding costs more per column than a setting does. */
function setAll(settings: readonly Setting[], isLocal: string): string {
  const set = ([name, value]: Setting): string =>
    `pg_catalog.set_config('${name}', ${value}, ${isLocal})`;
  const setIfThere = (each: Setting): string =>
    `CASE WHEN pg_catalog.current_setting('${each[0]}', true) IS NOT NULL THEN ${set(each)} END`;
  return `pg_catalog.num_nulls(${[...settings.map(set), ...OPTIONAL.map(setIfThere)].join(", ")})`;
}

/**
 * Applies the settings to one transaction, on a connection that other programs use too. Returns the id of the server's
 * process, which a pooler may change with each transaction.
 */
export function transactionSettings(settings: Settings): Call {
  return call(prepared(`SELECT pg_catalog.pg_backend_pid(), ${setAll(all(settings), "true")}`));
}

/**
 * Applies the settings to the session, if this connection has its own server process. Returns whether it has. A
 * pooler shares processes, and the next program would inherit the settings, so they are then undone. Poolers give their
 * clients made-up process ids; one that is right by chance belongs to a process that was started at another time.
 * @param processId the id that the driver received when it connected
 * @param ageMs how long ago the process can have been started at most
 */
export function sessionSettings(settings: Settings, processId: number | null, ageMs: number): Call {
  const text = `WITH process AS MATERIALIZED (
      SELECT coalesce(a.pid = $1::int AND a.backend_start > pg_catalog.clock_timestamp() - $2::int * interval '1 ms', false)
        AS direct FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a)
    SELECT direct, ${setAll([...all(settings), ...SESSION_ONLY], "NOT direct")} FROM process`;
  return call(plain(text), processId, ageMs);
}

/** Sets the tenant that the policies of row level security compare with, for one transaction. */
export function tenantSetting(tenant: string): Call {
  return call(NAME_TENANT, tenant);
}

const NAME_TENANT = prepared(
  "SELECT set_config('syntha.tenant', $1, true), set_config('row_security', 'on', true)",
);
