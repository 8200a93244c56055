import pg from "pg";
import { onTestFinished } from "vitest";

/** A user's pool; ended when the test ends. */
export function ownPool(options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(options);
  // A user's program handles lost connections itself.
  pool.on("error", () => {});
  onTestFinished(async () => {
    if (!pool.ending) await pool.end();
  });
  return pool;
}
