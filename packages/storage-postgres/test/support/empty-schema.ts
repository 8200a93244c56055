import { freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";
import pg from "pg";
import { TENANT_COLUMNS } from "../../src/tables/tenant-rows.ts";

interface EmptySchema {
  readonly connectionString: string;
  readonly schema: string;
  /** Empties it for the next user. Its storages are closed by then, and its tables are unchanged. */
  readonly release: () => Promise<void>;
}

/** Schemas that earlier users have emptied. */
const emptied: string[] = [];
let pool: pg.Pool | undefined;

/** A schema without rows, new or used before: its migration takes longer than most cases. */
export async function emptySchema(): Promise<EmptySchema> {
  const connectionString = await postgresUrl();
  const schema = emptied.pop() ?? (await freshSchema()).name;
  pool ??= new pg.Pool({ connectionString, max: 1, allowExitOnIdle: true });
  const users = pool;
  const release = async (): Promise<void> => {
    await users.query(emptying(schema));
    emptied.push(schema);
  };
  return { connectionString, schema, release };
}

function emptying(schema: string): string {
  const deletions = Object.keys(TENANT_COLUMNS).map(
    (name) => `${name} AS (DELETE FROM ${schema}.${name})`,
  );
  return `WITH ${deletions.join(", ")} SELECT`;
}
