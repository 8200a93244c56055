import type { Database } from "better-sqlite3";
import { expectTypeOf } from "vitest";
import type { OpenDatabase, SqliteStorage } from "@syntha/storage-sqlite";

// Takes the driver's own database, and nothing that is none.
expectTypeOf<Database>().toExtend<OpenDatabase>();
expectTypeOf<{ exec(source: string): void }>().not.toExtend<OpenDatabase>();
type Options = ConstructorParameters<typeof SqliteStorage>[0];
expectTypeOf<{ path: string; database: Database }>().not.toExtend<Options>();
