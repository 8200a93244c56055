import type { Settings } from "../settings.ts";
import { type Call, call, prepared } from "./statement.ts";

/**
 * How our statements are planned. Each reads by a full key or in the order of one: never through a whole table, even
 * where a table was small when a plan was made.
 */
const PLANNING: readonly (readonly [string, string])[] = [
  ["plan_cache_mode", "force_generic_plan"],
  ["enable_seqscan", "off"],
  ["enable_bitmapscan", "off"],
  ["enable_hashjoin", "off"],
  ["enable_mergejoin", "off"],
  ["jit", "off"],
];

/**
 * A process that is stopped, or cut off, in the midst of a transaction holds others up no longer than this: half of
 * what they wait by default (`busyTimeout`), so that they still get their turn.
 */
const LONGEST_IDLE_MS = 5_000;

const list = (settings: readonly (readonly [string, string])[], isLocal: boolean): string =>
  settings.map(([name, value]) => `set_config('${name}', '${value}', ${isLocal})`).join(", ");

/** Settings that connections of our own keep. */
export function forConnection({ durability, busyMs }: Settings): Call {
  return call(prepared(`SELECT ${list(ours(durability, busyMs), false)}`));
}

/** The same for one transaction on a connection that others use too. */
export function forTransaction({ durability, busyMs }: Settings): Call {
  return call(prepared(`SELECT ${list(ours(durability, busyMs), true)}`));
}

/** Names the tenant to the policies of row level security, for one transaction. */
export function forTenant(tenant: string): Call {
  return call(NAME_TENANT, tenant);
}

const NAME_TENANT = prepared("SELECT set_config('syntha.tenant', $1, true)");

function ours(
  durability: Settings["durability"],
  busyMs: number,
): readonly (readonly [string, string])[] {
  return [
    ...PLANNING,
    // A server that is set to wait for fewer disks than its users think is theirs to set right; never for more.
    ["synchronous_commit", durability === "power" ? "on" : "off"],
    ["lock_timeout", `${busyMs}`],
    ["idle_in_transaction_session_timeout", `${LONGEST_IDLE_MS}`],
  ];
}
