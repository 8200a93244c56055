import { ContextMesh } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";

const open = (connectionString: string): ContextMesh =>
  new ContextMesh({
    tenantId: "acme",
    storage: new PostgresStorage({ connectionString }),
    sweepEvery: false,
  });

/** Runs statements in the server's maintenance database. */
async function administer(url: string, ...statements: readonly string[]): Promise<void> {
  const server = new URL(url);
  server.pathname = "/postgres";
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

it("rejects a cursor from after the backup, and accepts an older one", async () => {
  const database = await freshDatabase();
  const { url, name } = database;
  onTestFinished(() => database.drop());
  let mesh = open(url);
  await mesh.system.push("first", 1, { global: true });
  const { cursor: older } = await mesh.system.events();
  await mesh.system.push("second", 2, { global: true });
  await mesh.close();
  await administer(url, `CREATE DATABASE ${name}_backup TEMPLATE ${name}`);
  mesh = open(url);
  await mesh.system.push("undone", 3, { global: true });
  await mesh.system.push("undone too", 4, { global: true });
  const { cursor: undone } = await mesh.system.events();
  await mesh.close();

  await administer(
    url,
    `DROP DATABASE ${name} WITH (FORCE)`,
    `ALTER DATABASE ${name}_backup RENAME TO ${name}`,
  );
  mesh = open(url);
  const refusal = { code: "INVALID_CURSOR", hint: expect.stringContaining("initial: true") };
  await expect(mesh.system.watch({ since: undone }).next()).rejects.toMatchObject(refusal);
  // The same after the new history has reached that position.
  await mesh.system.push("third", 3, { global: true });
  await mesh.system.push("fourth", 4, { global: true });
  await expect(mesh.system.watch({ since: undone }).next()).rejects.toMatchObject(refusal);
  const watch = mesh.system.watch({ since: older });
  const keys: string[] = [];
  for await (const change of watch) {
    if (change.type === "put") keys.push(change.item.key);
    if (keys.at(-1) === "fourth") break;
  }
  expect(keys).toEqual(["second", "third", "fourth"]);
  await mesh.close();
});
