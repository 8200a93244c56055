import { MemoryStorage, type Storage } from "@syntha/core";
import { UsageError } from "./desk-error.ts";

/** Where the mesh is stored. */
export type StorageChoice =
  | { kind: "memory" }
  | { kind: "sqlite"; path: string }
  | { kind: "postgres"; url: string; schema?: string };

/** Parses `memory`, `sqlite:FILE` or a Postgres URL, whose `?schema=` names the schema. @throws UsageError */
export function parseStorage(given: string): StorageChoice {
  if (given === "memory") return { kind: "memory" };
  const path = /^sqlite:(.+)$/.exec(given)?.[1];
  if (path !== undefined) return { kind: "sqlite", path };
  const url = /^postgres(?:ql)?:\/\//.test(given) ? URL.parse(given) : null;
  const schema = url?.searchParams.get("schema") ?? undefined;
  if (url === null || schema === "")
    // It may hold a password.
    throw new UsageError("--storage must be memory, sqlite:FILE or postgres://USER@HOST/DATABASE");
  if (schema === undefined) return { kind: "postgres", url: given };
  url.searchParams.delete("schema");
  return { kind: "postgres", url: url.href, schema };
}

/** Loads only the package of the chosen storage. */
export async function openStorage(choice: StorageChoice): Promise<Storage> {
  if (choice.kind === "memory") return new MemoryStorage();
  if (choice.kind === "sqlite") {
    const { SqliteStorage } = await import("@syntha/storage-sqlite");
    return new SqliteStorage({ path: choice.path });
  }
  const { PostgresStorage } = await import("@syntha/storage-postgres");
  const { url: connectionString, schema } = choice;
  return new PostgresStorage({ connectionString, ...(schema && { schema }) });
}
