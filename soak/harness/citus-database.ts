import { setTimeout as pause } from "node:timers/promises";
import type { Storage } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { freshSchema, type Server, startCitus } from "@syntha/testing-postgres";
import { Client } from "pg";
import type { Address } from "./database.ts";
import { createStorage } from "./storage.ts";

const BIN = process.env["SYNTHA_CITUS_BIN"];

/** Why programs that need Citus can't run; undefined if they can. */
export function citusIsMissing(): string | undefined {
  if (BIN !== undefined) return undefined;
  return "set SYNTHA_CITUS_BIN to the directory with the programs of a PostgreSQL that has Citus";
}

/** Distributed tables on a cluster that belongs to one run of a program. */
export interface CitusDatabase extends AsyncDisposable {
  readonly address: Address;
  storage(): Storage;
  readonly coordinator: Server;
  /** The worker that has a tenant. */
  workerOf(tenantId: string): Promise<Server>;
  /** Moves the shard of a tenant, with those of all its tables, to the next worker. */
  moveShardOf(tenantId: string): Promise<void>;
}

const SHARDS = 4;
const MAX_MOVES = 10;

/** Starts a coordinator and two workers, which sync to disk, and creates the tables. */
export async function startCitusDatabase(): Promise<CitusDatabase> {
  const cluster = await startCitus({ bin: BIN ?? "", durable: true });
  const { url: connectionString, workers } = cluster;
  const { name: schema } = freshSchema(connectionString);
  const address = { kind: "postgres", connectionString, schema } as const;
  const distribute = { shards: SHARDS };
  const installer = new PostgresStorage({ connectionString, schema, distribute });
  await installer.open();
  await installer.close();
  const workerOf = async (tenantId: string): Promise<Server> => {
    const { port } = await shardOf(address, tenantId);
    const worker = workers.find((each) => each.port === port);
    if (worker === undefined) throw new Error(`No worker has the port ${port}.`);
    return worker;
  };
  return {
    address,
    storage: () => createStorage(address),
    coordinator: cluster.coordinator,
    workerOf,
    async moveShardOf(tenantId) {
      const { id, port } = await shardOf(address, tenantId);
      const next = workers[(workers.findIndex((each) => each.port === port) + 1) % workers.length];
      const move = `select citus_move_shard_placement($1::bigint, '127.0.0.1', $2::int, '127.0.0.1', $3::int, 'force_logical')`;
      for (let attempt = 1; ; attempt++) {
        try {
          await query(connectionString, move, [id, port, next?.port]);
          return;
        } catch (error) {
          // Autovacuum has a table of the previous move open, which Citus can't drop then.
          if (attempt === MAX_MOVES || !/could not be cleaned up/.test(String(error))) throw error;
          await pause(1_000);
        }
      }
    },
    [Symbol.asyncDispose]: () => cluster.stop(),
  };
}

async function shardOf(
  { connectionString, schema }: Address & { kind: "postgres" },
  tenantId: string,
): Promise<{ id: string; port: number }> {
  const [shard] = await query<{ id: string; port: number }>(
    connectionString,
    `select s.shardid as id, s.nodeport as port from pg_dist_shard_placement s
     where s.shardid = get_shard_id_for_distribution_column('${schema}.tenant', $1::text)`,
    [tenantId],
  );
  if (shard === undefined) throw new Error(`No shard has the tenant ${tenantId}.`);
  return { id: shard.id, port: Number(shard.port) };
}

async function query<T extends object>(
  connectionString: string,
  sql: string,
  values: unknown[],
): Promise<T[]> {
  const client = new Client({ connectionString });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
