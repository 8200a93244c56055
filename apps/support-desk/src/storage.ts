import { MemoryStorage, type Storage } from "@syntha/core";

/** Where the mesh is stored. Plain data: workers receive it as well. */
export type StorageChoice =
  | { kind: "memory" }
  | { kind: "sqlite"; path: string }
  | { kind: "postgres"; url: string; schema?: string };

/** What an acknowledged write survives. */
export type Durability = "power" | "process";

/** Parses `memory`, `sqlite:FILE` or a Postgres URL, whose `?schema=` names the schema. Undefined for anything else. */
export function parseStorage(given: string): StorageChoice | undefined {
  if (given === "memory" || given === "sqlite::memory:") return { kind: "memory" };
  const path = /^sqlite:(.+)$/.exec(given)?.[1];
  if (path !== undefined) return { kind: "sqlite", path };
  const text = /^(?:postgres:)?(postgres(?:ql)?:\/\/.*)$/.exec(given)?.[1] ?? "";
  const url = URL.parse(text);
  const schema = url?.searchParams.get("schema") ?? undefined;
  if (url === null || schema === "") return undefined;
  if (schema === undefined) return { kind: "postgres", url: text };
  url.searchParams.delete("schema");
  return { kind: "postgres", url: url.href, schema };
}

/** The `--storage` that names it again, without its password. */
export function describeStorage(choice: StorageChoice): string {
  if (choice.kind !== "postgres")
    return choice.kind === "memory" ? "memory" : `sqlite:${choice.path}`;
  const url = new URL(choice.url);
  if (url.password !== "") url.password = "***";
  if (url.searchParams.has("password")) url.searchParams.set("password", "***");
  if (choice.schema !== undefined) url.searchParams.set("schema", choice.schema);
  return url.href;
}

/** Loads only the package of the chosen storage. */
export async function openStorage(choice: StorageChoice, durability: Durability): Promise<Storage> {
  if (choice.kind === "memory") return new MemoryStorage();
  if (choice.kind === "sqlite") {
    const { SqliteStorage } = await import("@syntha/storage-sqlite");
    return new SqliteStorage({ path: choice.path, durability });
  }
  const { PostgresStorage } = await import("@syntha/storage-postgres");
  const { url: connectionString, schema } = choice;
  return new PostgresStorage({ connectionString, ...(schema && { schema }), durability });
}
