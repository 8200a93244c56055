/**
 * A program in which better-sqlite3 can't be resolved, as if it were not installed:
 * `node without-better-sqlite3.ts FILE DRIVER`. It prints what an opening of the file rejects with.
 */
import { registerHooks } from "node:module";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { nodeSqlite } from "@syntha/storage-sqlite/node-sqlite";
import { write } from "./operations.ts";

registerHooks({
  resolve(specifier, context, next) {
    return next(specifier === "better-sqlite3" ? "not-installed" : specifier, context);
  },
});

const [path = "", name] = process.argv.slice(2);
const driver = name === "node:sqlite" ? nodeSqlite() : undefined;
const storage = new SqliteStorage({ path, driver });
try {
  await storage.open();
  await write(storage);
  await storage.close();
  console.log("written");
} catch (error) {
  const { code, message, hint } = error as { code: string; message: string; hint: string };
  console.log(JSON.stringify({ code, message, hint }));
}
