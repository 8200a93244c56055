import { PostgresStorage, type PostgresStorageOptions } from "@syntha/storage-postgres";
import { freshSchema } from "@syntha/testing-postgres";
import { TENANT_COLUMNS } from "../../src/tables/tenant-rows.ts";
import { query } from "./query.ts";
import { atTestEnd } from "./test-end.ts";

/** The coordinator of a Citus cluster, as a superuser. */
const url = process.env["SYNTHA_TEST_CITUS_URL"];

/** Few, as each is a set of tables to create. */
export const SHARDS = 4;

/** Tests that need a cluster are listed as skipped without one. */
export const hasCitus = url !== undefined;

/** @throws Error without a cluster */
export function citusUrl(): string {
  if (url === undefined) throw new Error("Set SYNTHA_TEST_CITUS_URL.");
  return url;
}

interface Place {
  readonly connectionString: string;
  readonly schema: string;
}

/** A schema name on the cluster; dropped when the test ends. */
export function citusSchema(): Place {
  const schema = freshSchema(citusUrl());
  atTestEnd(() => schema.drop());
  return { connectionString: schema.url, schema: schema.name };
}

/** Options of a storage whose tables are distributed, in a new schema. */
export async function distributed(): Promise<Place & PostgresStorageOptions> {
  const place = citusSchema();
  await distribute(place);
  return place;
}

async function distribute(place: Place): Promise<void> {
  const storage = new PostgresStorage({ ...place, distribute: { shards: SHARDS } });
  await storage.open();
  await storage.close();
}

/** Schemas that earlier users have emptied, as creating one takes longer than most cases. */
const emptied: string[] = [];
const created: { drop(): Promise<void> }[] = [];

/** A schema with distributed tables without rows. */
export async function emptyCitusSchema(): Promise<Place & { release: () => Promise<void> }> {
  const connectionString = citusUrl();
  let schema = emptied.pop();
  if (schema === undefined) {
    const fresh = freshSchema(connectionString);
    created.push(fresh);
    schema = fresh.name;
    await distribute({ connectionString, schema });
  }
  const name = schema;
  const release = async (): Promise<void> => {
    const deletions = Object.keys(TENANT_COLUMNS).map((table) => `DELETE FROM ${name}.${table}`);
    await query(connectionString, ...deletions);
    emptied.push(name);
  };
  return { connectionString, schema, release };
}

/** Drops the schemas of {@link emptyCitusSchema}. */
export async function dropCitusSchemas(): Promise<void> {
  emptied.length = 0;
  for (const schema of created.splice(0)) await schema.drop();
}
