/**
 * A program for a process with a limit on the size of files: `node limited-writer.ts FILE [DRIVER]`. It writes until two commits
 * have failed and a later one succeeds. It prints the position of each successful commit and the code of each failure.
 */
import { writeSync } from "node:fs";
import { isSynthaError } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { nodeSqlite } from "@syntha/storage-sqlite/node-sqlite";
import { write } from "./operations.ts";

const storage = new SqliteStorage({
  path: process.argv[2] as string,
  driver: process.argv[3] === "node:sqlite" ? nodeSqlite() : undefined,
});
await storage.open();
const value = "v".repeat(20_000);
let failures = 0;
for (let i = 0; i < 2_000; i++) {
  try {
    const [outcome] = await write(storage, value, `k${i % 10}`);
    writeSync(1, `${outcome?.ok ? outcome.position : "refused"}\n`);
    if (failures === 2) break;
  } catch (error) {
    if (!isSynthaError(error)) throw error;
    writeSync(1, `${error.code}\n`);
    failures++;
  }
}
await storage.close();
