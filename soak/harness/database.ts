import type { Storage } from "@syntha/core";
import type { Clock } from "@syntha/core/storage";
import { postgresDatabase } from "./postgres-database.ts";
import { sqliteDatabase } from "./sqlite-database.ts";
import { createStorage } from "./storage.ts";

export const STORAGE_KINDS = ["memory", "sqlite", "node-sqlite", "postgres"] as const;
export type StorageKind = (typeof STORAGE_KINDS)[number];

/** A database for one run of a program. */
export interface Database {
  readonly kind: StorageKind;
  /** Processes that open an address in memory do not share data. */
  readonly address: Address;
  /** Creates a storage on it; in memory, every call returns the same one. */
  storage(clock?: Clock): Storage;
  /** The error that the integrity check of the engine finds; undefined when there is none. */
  integrity(): Promise<string | undefined>;
  /** All tables, indexes and applied migrations, as JSON. */
  schema(): Promise<string>;
  remove(): Promise<void>;
}

/** The location of a database, which can be passed to other processes as JSON. */
export type Address =
  | { readonly kind: "memory" }
  | { readonly kind: "sqlite" | "node-sqlite"; readonly path: string }
  | { readonly kind: "postgres"; readonly connectionString: string; readonly schema: string };

/** @param url A PostgreSQL server. Default: the one of the environment, or a new one. */
export async function createDatabase(kind: StorageKind, url?: string): Promise<Database> {
  switch (kind) {
    case "memory":
      return memoryDatabase();
    case "sqlite":
    case "node-sqlite":
      return sqliteDatabase(kind);
    case "postgres":
      return postgresDatabase(url);
  }
}

export function memoryDatabase(): Database {
  const address = { kind: "memory" } as const;
  let storage: Storage | undefined;
  return {
    kind: "memory",
    address,
    storage: (clock) => (storage ??= createStorage(address, clock)),
    integrity: async () => undefined,
    schema: async () => "",
    remove: async () => storage?.close(),
  };
}
