import * as library from "node:sqlite";
import { checkLibraryVersion } from "./connection/library-version.ts";
import type { FileDriver, SqliteDriver } from "./drivers/driver.ts";
import { nodeSqliteDriver } from "./drivers/node-sqlite.ts";

/**
 * The driver for `node:sqlite`, the copy of SQLite that Node includes: no native module has to be installed. Pass it as
 * `driver`. Requires SQLite 3.51.3, which Node has from 22.22.3, 24.15 and 26 on.
 * @throws STORAGE_MISMATCH when the storage is opened on an earlier Node
 *
 * @example
 * import { SqliteStorage } from "@syntha/storage-sqlite";
 * import { nodeSqlite } from "@syntha/storage-sqlite/node-sqlite";
 *
 * const storage = new SqliteStorage({ path: "mesh.db", driver: nodeSqlite() });
 */
export function nodeSqlite(): SqliteDriver {
  return { name: "node:sqlite", load };
}

/** @throws STORAGE_MISMATCH when this Node's SQLite is too old; so is what `node:sqlite` can do there */
function load(): FileDriver {
  checkLibraryVersion(process.versions["sqlite"] ?? "");
  return nodeSqliteDriver(library);
}
