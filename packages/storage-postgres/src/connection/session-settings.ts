import type { Settings } from "../settings.ts";
import { type Call, call, plain, prepared } from "./statement.ts";

/** A setting of the server's, and an SQL expression for what it must be. */
type Setting = readonly [name: string, value: string];

/**
 * What our statements rely on, whatever the server, the database, the role or another program on the same connection
 * has set.
 */
const REQUIRED: readonly Setting[] = [
  // Each reads by a full key or in the order of one: never through a whole table, even where a table was small when a
  // plan was made.
  ["plan_cache_mode", "'force_generic_plan'"],
  ["enable_seqscan", "'off'"],
  ["enable_bitmapscan", "'off'"],
  ["enable_hashjoin", "'off'"],
  ["enable_mergejoin", "'off'"],
  ["enable_indexscan", "'on'"],
  ["enable_indexonlyscan", "'on'"],
  ["enable_nestloop", "'on'"],
  ["jit", "'off'"],
  // Functions and operators are the server's; tables are named with their schema.
  ["search_path", "'pg_catalog, pg_temp'"],
  // Lists are sent as text in which NULL stands for no value.
  ["array_nulls", "'on'"],
];

/**
 * A process that stops, or is cut off, in a transaction holds others up no longer than this: half of what they wait by
 * default (`busyTimeout`), so that they still get their turn.
 */
const MAX_IDLE_MS = 5_000;

/** Any level at which a commit waits for the server's disk is the administrator's choice, also one that waits for more. */
const DURABLE =
  "CASE pg_catalog.current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE pg_catalog.current_setting('synchronous_commit') END";

function all({ durability, busyMs, statementMs }: Settings): readonly Setting[] {
  return [
    ...REQUIRED,
    ["synchronous_commit", durability === "power" ? DURABLE : "'off'"],
    ["statement_timeout", `'${statementMs}'`],
    ["lock_timeout", `'${busyMs}'`],
    ["idle_in_transaction_session_timeout", `'${MAX_IDLE_MS}'`],
  ];
}

/** What matters outside of transactions only: single statements that read, and connections that wait. */
const SESSION_ONLY: readonly Setting[] = [
  ["default_transaction_isolation", "'read committed'"],
  ["default_transaction_deferrable", "'off'"],
];

/** What older servers do not have: ends of sessions and transactions that wait for nothing of theirs. */
const OPTIONAL: readonly Setting[] = [
  ["idle_session_timeout", "'0'"],
  ["transaction_timeout", "'0'"],
];

/** One column for all: each costs its reader more than the setting does. */
function setAll(settings: readonly Setting[], isLocal: string): string {
  const set = ([name, value]: Setting): string =>
    `pg_catalog.set_config('${name}', ${value}, ${isLocal})`;
  const setIfThere = (each: Setting): string =>
    `CASE WHEN pg_catalog.current_setting('${each[0]}', true) IS NOT NULL THEN ${set(each)} END`;
  return `pg_catalog.num_nulls(${[...settings.map(set), ...OPTIONAL.map(setIfThere)].join(", ")})`;
}

/**
 * Settings for one transaction on a connection that others use too, for `Transaction` to begin with. Returns the id of
 * the server's process, which differs from transaction to transaction behind a pooler.
 */
export function transactionSettings(settings: Settings): Call {
  return call(prepared(`SELECT pg_catalog.pg_backend_pid(), ${setAll(all(settings), "true")}`));
}

/**
 * Settings for a whole session, if it is one: if this connection leads to a process of the server that is its alone.
 * A pooler lends processes, and what one session sets there the next program would find. It gives its clients process
 * ids that are made up; one that is right by chance belongs to a process that was not started for this connection.
 * Where it is not one, nothing is left set. Gives whether it is.
 * @param processId as the server, or the pooler, gave it to the driver
 * @param ageMs how long ago the process may have been started
 */
export function sessionSettings(settings: Settings, processId: number | null, ageMs: number): Call {
  const text = `WITH process AS MATERIALIZED (
      SELECT coalesce(a.pid = $1::int AND a.backend_start > pg_catalog.clock_timestamp() - $2::int * interval '1 ms', false)
        AS direct FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a)
    SELECT direct, ${setAll([...all(settings), ...SESSION_ONLY], "NOT direct")} FROM process`;
  return call(plain(text), processId, ageMs);
}

/** Names the tenant to the policies of row level security, for one transaction. */
export function tenantSetting(tenant: string): Call {
  return call(NAME_TENANT, tenant);
}

const NAME_TENANT = prepared(
  "SELECT set_config('syntha.tenant', $1, true), set_config('row_security', 'on', true)",
);
