import { SynthaError } from "../error/syntha-error.ts";
import { withArticle } from "../text/describe.ts";
import type { Storage } from "./storage.ts";
import { type Capability, CAPABILITY_METHODS } from "./support.ts";

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
  listTenants: true,
  dropTenant: true,
} satisfies Record<
  Exclude<keyof Storage, "traits" | "supports" | "compact" | "dump" | "load">,
  true
>) as readonly (keyof Storage)[];

/**
 * Checks an option before its first use: a path, a connection string, a class or a promise is not a storage.
 * @param option names the option or argument
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
  const missing = missingMember(storage as Partial<Storage>);
  if (missing === undefined) return undefined;
  if ("then" in storage) return "a promise: await it first";
  return `an object without ${missing}`;
}

function missingMember(storage: Partial<Storage>): string | undefined {
  const has = (name: keyof Storage): boolean => typeof storage[name] === "function";
  const method = METHODS.find((name) => !has(name));
  if (method !== undefined) return `the method \`${method}\``;
  const { supports } = storage;
  if (typeof supports !== "object" || supports === null) return "`supports`";
  for (const capability of Object.keys(CAPABILITY_METHODS) as Capability[]) {
    const declared = supports[capability];
    if (typeof declared !== "boolean") return `\`supports.${capability}\`, which is true or false`;
    const absent = declared && CAPABILITY_METHODS[capability].find((name) => !has(name));
    if (absent) return `the method \`${absent}\` that \`supports.${capability}\` declares`;
  }
  return undefined;
}
