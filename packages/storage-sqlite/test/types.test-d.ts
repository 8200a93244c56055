import type { Database } from "better-sqlite3";
import { expectTypeOf } from "vitest";
import type { OpenDatabase, SqliteStorage } from "@syntha/storage-sqlite";

// The driver's database is accepted, other objects are not.
expectTypeOf<Database>().toExtend<OpenDatabase>();
expectTypeOf<{ exec(source: string): void }>().not.toExtend<OpenDatabase>();
type Options = ConstructorParameters<typeof SqliteStorage>[0];
expectTypeOf<{ path: string; database: Database }>().not.toExtend<Options>();
