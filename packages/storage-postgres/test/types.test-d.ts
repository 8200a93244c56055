import type { Pool } from "pg";
import { expectTypeOf } from "vitest";
import type { OpenPool, PostgresStorage } from "@syntha/storage-postgres";

// Accepts the driver's pool and no other value.
expectTypeOf<Pool>().toExtend<OpenPool>();
expectTypeOf<{ query(text: string): Promise<void> }>().not.toExtend<OpenPool>();
type Options = ConstructorParameters<typeof PostgresStorage>[0];
expectTypeOf<{ connectionString: string; pool: Pool }>().not.toExtend<Options>();
