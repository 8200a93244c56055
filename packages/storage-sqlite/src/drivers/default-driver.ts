import { SynthaError } from "@syntha/core";
import { betterSqlite3Driver } from "./better-sqlite3.ts";
import type { FileDriver, SqliteDriver } from "./driver.ts";

const MISSING = new Set(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);

/** The default driver. It is loaded only when it opens a file: better-sqlite3 is an optional peer dependency. */
export const betterSqlite3: SqliteDriver = { name: "better-sqlite3", load };

/** @throws MISCONFIGURED when better-sqlite3 is not installed, or its native addon does not load */
async function load(): Promise<FileDriver> {
  try {
    const { default: Library } = await import("better-sqlite3");
    const driver = betterSqlite3Driver(Library);
    // Loads the native addon, which importing the library does not.
    void driver.copy;
    return driver;
  } catch (error) {
    throw cannotLoad(error);
  }
}

function cannotLoad(cause: unknown): SynthaError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? "";
  const alternative =
    'or use Node\'s own SQLite: new SqliteStorage({ path, driver: nodeSqlite() }), with `nodeSqlite` of "@syntha/storage-sqlite/node-sqlite"';
  return MISSING.has(code)
    ? new SynthaError("MISCONFIGURED", "better-sqlite3 is not installed.", {
        hint: `Run \`npm install better-sqlite3\`, ${alternative}.`,
        cause,
      })
    : new SynthaError(
        "MISCONFIGURED",
        `The native addon of better-sqlite3 does not load: ${String((cause as Error | undefined)?.message ?? cause)}`,
        { hint: `Run \`npm rebuild better-sqlite3\`, ${alternative}.`, cause },
      );
}
