import pg from "pg";
import { onTestFinished } from "vitest";

/** A pool as a user has one; ended when the test is over. */
export function ownPool(options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(options);
  // A user's program has its own way with lost connections.
  pool.on("error", () => {});
  onTestFinished(async () => {
    if (!pool.ending) await pool.end();
  });
  return pool;
}
