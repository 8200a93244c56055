import { decide } from "@syntha/core/storage";
import type { PostgresStorage } from "@syntha/storage-postgres";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import { expect, it, onTestFinished } from "vitest";
import { openStorage, ownSchema } from "./support/open-storage.ts";
import { bySystem, put, write } from "./support/operations.ts";
import { ownPool } from "./support/own-pool.ts";
import { query } from "./support/query.ts";

/** Makes twenty calls at once, each of which needs a connection; returns their errors. */
async function crowd(storage: PostgresStorage): Promise<readonly unknown[]> {
  await write(storage, 0, "k", "t0");
  const calls = Array.from({ length: 20 }, async (_, i) =>
    i % 2 === 0
      ? storage.commit(`t${i}`, [bySystem(put("k", i))], decide)
      : storage.list("t0", { actor: null, limit: 5 }),
  );
  const settled = await Promise.allSettled(calls);
  return settled.filter(({ status }) => status === "rejected");
}

/** A role of a new database with a limited number of connections. */
async function roleWith(
  connections: number,
): Promise<{ url: string; release: () => Promise<void> }> {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  const role = await database.role(`CONNECTION LIMIT ${connections}`);
  await query(database.url, `GRANT CREATE ON DATABASE ${database.name} TO ${role.name}`);
  const release = async (): Promise<void> => {
    await query(database.url, `ALTER ROLE ${role.name} CONNECTION LIMIT 5`);
  };
  return { url: role.url, release };
}

it.for([1, 3])("works with %i server connections, fewer than the pool's maximum", async (count) => {
  const { url } = await roleWith(count);
  const storage = await openStorage({ connectionString: url, connections: 10 });
  expect(await crowd(storage)).toEqual([]);
});

it("waits until the server has a free connection", async () => {
  const { url, release } = await roleWith(0);
  const opening = openStorage({ connectionString: url });
  const before = await Promise.race([
    opening.then(() => "open"),
    new Promise((resolve) => setTimeout(resolve, 150, "waiting")),
  ]);
  expect(before).toBe("waiting");
  await release();
  expect(await crowd(await opening)).toEqual([]);
});

it("rejects after busyTimeout if the server has none free", async () => {
  const { url } = await roleWith(0);
  await expect(openStorage({ connectionString: url, busyTimeout: "250ms" })).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("too many connections for role"),
    cause: { code: "53300" },
  });
});

it("applies busyTimeout whatever the user's pool has as timeout", async () => {
  const { connectionString, schema } = await ownSchema();
  const pool = ownPool({ connectionString, max: 1 });
  const storage = await openStorage({ pool, schema });
  const taken = await pool.connect();
  // Set only now, because making the connection may take longer.
  pool.options.connectionTimeoutMillis = 20;
  const crowding = crowd(storage);
  await new Promise((resolve) => setTimeout(resolve, 100));
  taken.release();
  expect(await crowding).toEqual([]);
});
