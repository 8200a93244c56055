import Database from "better-sqlite3";
import { bundle } from "@syntha/testing-bundle";
import { Miniflare } from "miniflare";
import { expect, it, onTestFinished } from "vitest";
import { Transactions } from "../src/connection/transaction.ts";
import { BetterSqlite3Database } from "../src/drivers/better-sqlite3.ts";
import { statementsOf, transcript, type Trial } from "./support/sql-part.ts";

const WORKER = new URL("support/durable-object.ts", import.meta.url);

it("runs its SQL in a Durable Object, with the same answers", async () => {
  const chunks = await bundle(WORKER, { runtime: "worker" });
  const miniflare = new Miniflare({
    modules: true,
    script: chunks.map(({ code }) => code).join("\n"),
    compatibilityDate: "2026-07-01",
    durableObjects: { TENANT: { className: "Tenant", useSQLite: true } },
  });
  onTestFinished(() => miniflare.dispose());
  const response = await fetch(await miniflare.ready);
  const { steps, refused } = (await response.json()) as Trial;
  expect(refused).toEqual([]);
  const handle = new Database(":memory:");
  onTestFinished(() => void handle.close());
  const database = new BetterSqlite3Database(handle);
  expect(steps).toEqual(transcript(database, new Transactions(database)));
  // Statements of the host that this test is about.
  const statements = [...statementsOf(database, new Transactions(database))];
  expect(statements.length).toBeGreaterThan(100);
  expect(statements.filter((sql) => (sql.match(/\?/g) ?? []).length > 100)).toEqual([]);
});
