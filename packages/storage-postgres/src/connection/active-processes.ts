import pg from "pg";
import type { Settings } from "../settings.ts";
import { clientConfig } from "./client-config.ts";
import { destroySocket } from "./destroy-socket.ts";
import { sqlstateOf } from "./sqlstate.ts";

/** A server that answers at all answers this at once. */
const MAX_TIMEOUT_MS = 2_000;

const ACTIVE = `SELECT pid FROM pg_catalog.pg_stat_activity
  WHERE pid = ANY($1::int[]) AND (state IS NULL OR state NOT LIKE 'idle%')`;

/**
 * Returns which of these server processes are executing a statement. Asks on a connection outside the pool, as all of
 * the pool's may be stalled. Returns an empty set if the server is unreachable, undefined if it refuses to answer.
 */
export async function activeProcesses(
  settings: Settings,
  processIds: readonly number[],
): Promise<ReadonlySet<number> | undefined> {
  let client: pg.Client | undefined;
  try {
    client = new pg.Client(clientConfig(settings, Math.min(settings.busyMs, MAX_TIMEOUT_MS)));
    client.on("error", () => {});
    await client.connect();
    const { rows } = await client.query({ text: ACTIVE, values: [processIds], rowMode: "array" });
    return new Set((rows as unknown[][]).map(([pid]) => Number(pid)));
  } catch (error) {
    return sqlstateOf(error) === undefined ? new Set() : undefined;
  } finally {
    if (client !== undefined) {
      void client.end().catch(() => {});
      destroySocket(client);
    }
  }
}
