import { MemoryStorage, type Storage, SynthaError } from "@syntha/core";
import { UsageError } from "./usage-error.ts";

export interface OpenStorageOptions {
  /** Whether opening creates and upgrades tables, and creates a missing SQLite file. @default true */
  readonly migrate?: boolean | undefined;
}

/**
 * The storage that a URL names: `sqlite:PATH`, `postgres://…`, with `?schema=NAME` for another schema, or `memory:`. Only
 * its package is loaded.
 * @throws UsageError for another URL; MISCONFIGURED if its package is not installed
 */
export async function openStorage(
  url: string,
  { migrate = true }: OpenStorageOptions = {},
): Promise<Storage> {
  if (url === "memory:" || url === "memory") return new MemoryStorage();
  if (url.startsWith("sqlite:") && url.length > "sqlite:".length) {
    const { SqliteStorage } = await load(
      () => import("@syntha/storage-sqlite"),
      "@syntha/storage-sqlite better-sqlite3",
    );
    return new SqliteStorage({ path: url.slice("sqlite:".length), migrate });
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { PostgresStorage } = await load(
      () => import("@syntha/storage-postgres"),
      "@syntha/storage-postgres pg",
    );
    return new PostgresStorage({ ...toPostgresOptions(url), migrate });
  }
  throw new UsageError(
    `--storage is sqlite:PATH, postgres://… or memory:, not "${url.replace(/:.*@/s, ":…@")}".`,
  );
}

/** A URL's `?schema=NAME` is the schema that has the tables. The driver takes no notice of it. */
function toPostgresOptions(url: string): { connectionString: string; schema?: string } {
  const schema = new URLSearchParams(url.split("?")[1]).get("schema");
  return { connectionString: url, ...(schema !== null && { schema }) };
}

const MISSING = new Set(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ERR_DLOPEN_FAILED"]);

/** @param packages that provide it */
export async function load<T>(importing: () => Promise<T>, packages: string): Promise<T> {
  try {
    return await importing();
  } catch (error) {
    if (!MISSING.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    throw new SynthaError("MISCONFIGURED", "The package of this storage is not installed.", {
      hint: `Run: npm install @syntha/mcp ${packages}`,
      details: { path: "storage" },
      cause: error,
    });
  }
}
