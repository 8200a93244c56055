import { Client } from "pg";
import { type Server, type ServerOptions, startServer } from "./server.ts";

export interface CitusOptions extends Pick<ServerOptions, "durable" | "settings"> {
  /** The directory with the programs of a PostgreSQL that has the extension Citus. */
  bin: string;
  /** @default 2 */
  workers?: number;
}

/** A Citus cluster on the loopback address: a coordinator, which has no shards, and workers. */
export interface CitusCluster extends AsyncDisposable {
  /** Connects the superuser to the database `postgres` of the coordinator. */
  readonly url: string;
  readonly coordinator: Server;
  readonly workers: readonly Server[];
  /** Stops all servers permanently, and deletes their data. */
  stop(): Promise<void>;
}

const SETTINGS = {
  shared_preload_libraries: "citus",
  "citus.node_conninfo": "sslmode=disable",
  // Moving a shard while it is written to takes logical replication, and processes for it.
  wal_level: "logical",
  max_worker_processes: "16",
};

/**
 * Starts the servers of a cluster and connects them.
 *
 * @throws Error if the installation has no Citus, or a server does not start
 */
export async function startCitus(options: CitusOptions): Promise<CitusCluster> {
  const { bin, workers: count = 2, durable = false, settings = {} } = options;
  const servers: Server[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    for (let i = 0; i <= count; i++) {
      const server = await startServer({ bin, durable, settings: { ...SETTINGS, ...settings } });
      servers.push(server);
      await run(server.url, "create extension citus");
    }
    const [coordinator, ...workers] = servers as [Server, ...Server[]];
    const { url, port } = coordinator;
    await run(url, `select citus_set_coordinator_host('127.0.0.1', ${port})`);
    for (const worker of workers)
      await run(url, `select citus_add_node('127.0.0.1', ${worker.port})`);
    return { url, coordinator, workers, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function run(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
