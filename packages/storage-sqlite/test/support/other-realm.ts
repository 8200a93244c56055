/**
 * A program that loads the driver in another realm first, as test runners do that run several files in one process:
 * `node other-realm.ts FILE`. Errors of the driver are then of that realm. It prints the code of a write to a locked file.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { createContext, runInContext } from "node:vm";
import { SqliteStorage } from "@syntha/storage-sqlite";
import type Database from "better-sqlite3";
import { bySystem, put } from "./operations.ts";
import { decide } from "@syntha/core/storage";

const require = createRequire(import.meta.url);
const realm = createContext({ process, Buffer });
const modules = new Map<string, { exports: unknown }>();

/** The exports of a CommonJS module that runs in the realm, as do its relative imports. */
function load(file: string): unknown {
  const loaded = modules.get(file);
  if (loaded !== undefined) return loaded.exports;
  const module = { exports: {} };
  modules.set(file, module);
  const code = `(function (module, exports, require, __dirname) {${readFileSync(file, "utf8")}\n})`;
  const run = runInContext(code, realm) as (...scope: unknown[]) => void;
  const here = dirname(file);
  const requireHere = (name: string): unknown =>
    /^\..*(?<!\.node)$/.test(name)
      ? load(require.resolve(resolve(here, name)))
      : createRequire(file)(name);
  run(module, module.exports, requireHere, here);
  return module.exports;
}

const path = process.argv[2] as string;
const storage = new SqliteStorage({ path, durability: "process", busyTimeout: "10ms" });
const RealmsDatabase = load(require.resolve("better-sqlite3")) as typeof Database;
const other = new RealmsDatabase(path);
await storage.open();
other.exec("BEGIN IMMEDIATE");
const refusal: unknown = await storage
  .commit("acme", [bySystem(put("k", 1))], decide)
  .catch((error: unknown) => error);
const { code, cause } = refusal as { code: string; cause?: unknown };
console.log(code, cause instanceof Error);
other.close();
await storage.close();
