import type { DatabaseSync } from "node:sqlite";
import type { Database } from "better-sqlite3";
import { expectTypeOf } from "vitest";
import type { OpenDatabase, OpenDatabaseSync, SqliteStorage } from "@syntha/storage-sqlite";
import type { nodeSqlite } from "@syntha/storage-sqlite/node-sqlite";

// The libraries' databases are accepted, other objects are not.
expectTypeOf<Database>().toExtend<OpenDatabase>();
expectTypeOf<DatabaseSync>().toExtend<OpenDatabaseSync>();
expectTypeOf<{ exec(source: string): void }>().not.toExtend<OpenDatabase | OpenDatabaseSync>();
type Options = ConstructorParameters<typeof SqliteStorage>[0];
type Driver = ReturnType<typeof nodeSqlite>;
expectTypeOf<{ path: string; driver: Driver }>().toExtend<Options>();
expectTypeOf<{ path: string; database: Database }>().not.toExtend<Options>();
expectTypeOf<{ database: DatabaseSync; driver: Driver }>().not.toExtend<Options>();
