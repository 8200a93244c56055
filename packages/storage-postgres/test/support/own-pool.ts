import type { PostgresStorageOptions } from "@syntha/storage-postgres";
import pg from "pg";
import { atTestEnd } from "./test-end.ts";

/** A user's pool; ended when the test ends. */
export function ownPool(options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(options);
  // A user's program handles lost connections itself.
  pool.on("error", () => {});
  atTestEnd(async () => {
    if (!pool.ending) await pool.end();
  });
  return pool;
}

interface Place {
  readonly connectionString: string;
  readonly schema: string;
}

type Way = readonly [name: string, options: (place: Place) => PostgresStorageOptions];

/** Each kind of pool, with the options of a storage that uses it. */
export function poolsOf(max: number): readonly [Way, Way, Way] {
  const users =
    (pipeline: boolean) =>
    ({ connectionString, schema }: Place): PostgresStorageOptions => ({
      pool: ownPool({ connectionString, max, pipeline } as pg.PoolConfig),
      schema,
    });
  return [
    [
      "its own pool",
      ({ connectionString, schema }) => ({ connectionString, schema, connections: max }),
    ],
    ["a user's pool", users(false)],
    ["a pipelined user's pool", users(true)],
  ];
}
