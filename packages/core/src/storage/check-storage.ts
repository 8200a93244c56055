import { SynthaError } from "../error/syntha-error.ts";
import { withArticle } from "../text/describe.ts";
import type { Storage } from "./storage.ts";

const METHODS = Object.keys({
  open: true,
  close: true,
  commit: true,
  get: true,
  list: true,
  events: true,
  agents: true,
  topics: true,
  stats: true,
  log: true,
  onCommit: true,
  maintain: true,
} satisfies Record<Exclude<keyof Storage, "traits">, true>) as readonly (keyof Storage)[];

/**
 * Refuses what is not a storage before anything uses it: a path, a connection string, a class, a promise.
 * @param option names the option or argument that it was given as
 * @throws MISCONFIGURED
 */
export function checkStorage(storage: unknown, option = "storage"): asserts storage is Storage {
  const problem = problemOf(storage);
  if (problem === undefined) return;
  // Never the value: a connection string holds a password.
  throw new SynthaError("MISCONFIGURED", `\`${option}\` must be a storage, not ${problem}.`, {
    hint: 'Pass an instance, such as new SqliteStorage({ path: "mesh.db" }) or new PostgresStorage({ connectionString }).',
    details: { path: option },
  });
}

function problemOf(storage: unknown): string | undefined {
  if (storage === null || storage === undefined) return String(storage);
  if (typeof storage === "function") return "a class or function";
  if (typeof storage !== "object") return withArticle(typeof storage);
  const missing = METHODS.find((name) => typeof (storage as Partial<Storage>)[name] !== "function");
  if (missing === undefined) return undefined;
  if ("then" in storage) return "a promise: await it first";
  return `an object without the method \`${missing}\``;
}
