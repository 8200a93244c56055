import { freshSchema, type Server, startServer } from "@syntha/testing-postgres";
import { Client } from "pg";
import type { Database } from "./database.ts";
import { createStorage } from "./storage.ts";

let shared: Promise<Server> | undefined;

/** Creates a schema on the given server, the one of the environment, or one that this process starts once. */
export async function postgresDatabase(url?: string): Promise<Database> {
  const connectionString = url ?? process.env["SYNTHA_POSTGRES_URL"] ?? (await sharedUrl());
  const schema = freshSchema(connectionString);
  const address = { kind: "postgres", connectionString, schema: schema.name } as const;
  return {
    kind: "postgres",
    address,
    storage: (clock) => createStorage(address, clock),
    integrity: () => integrity(connectionString, schema.name),
    schema: () => describe(connectionString, schema.name),
    remove: () => schema.drop(),
  };
}

/** Stops the shared server, if it was started. */
export async function stopPostgres(): Promise<void> {
  await (await shared)?.stop();
  shared = undefined;
}

async function sharedUrl(): Promise<string> {
  shared ??= startServer();
  return (await shared).url;
}

/** Checks each index against its table, and the pages of each table, if the server has `amcheck`. */
async function integrity(url: string, schema: string): Promise<string | undefined> {
  return withClient(url, async (client) => {
    const { rowCount } = await client.query(
      "select 1 from pg_available_extensions where name = 'amcheck'",
    );
    if (rowCount === 0) return undefined;
    await client.query("create extension if not exists amcheck");
    try {
      await client.query(
        `select bt_index_check(indexrelid, true) from pg_index join pg_class on pg_class.oid = indexrelid
         where relnamespace = $1::regnamespace and relam = (select oid from pg_am where amname = 'btree')`,
        [schema],
      );
      const { rows } = await client.query<{ msg: string }>(
        `select msg from pg_class, verify_heapam(pg_class.oid)
         where relnamespace = $1::regnamespace and relkind = 'r' limit 1`,
        [schema],
      );
      return rows[0]?.msg;
    } catch (error) {
      return (error as Error).message;
    }
  });
}

async function describe(url: string, schema: string): Promise<string> {
  return withClient(url, async (client) => {
    const answers: unknown[] = [];
    for (const sql of [
      `select table_name, column_name, data_type, is_nullable, column_default
       from information_schema.columns where table_schema = $1 order by 1, ordinal_position`,
      "select tablename, indexname, indexdef from pg_indexes where schemaname = $1 order by 1, 2",
    ])
      answers.push((await client.query(sql, [schema])).rows);
    const ledger = `select version, breaking from ${schema}.migration order by version`;
    answers.push((await client.query(ledger)).rows);
    return JSON.stringify(answers).replaceAll(schema, "<schema>");
  });
}

async function withClient<T>(url: string, ask: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
}
