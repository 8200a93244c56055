import { isDeepStrictEqual } from "node:util";
import { type AgentContext, ContextMesh, type Storage } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { startServer } from "@syntha/testing-postgres";
import Database from "better-sqlite3";
import pg from "pg";
import type { Chapter, Figure } from "./figure.ts";
import { fill } from "./fill.ts";
import { folder } from "./folder.ts";
import { repeat, repeatSync } from "./measure.ts";

const VISIBLE = 10_000;

/** The keys of many items, which an agent sees by their topic. */
export const keys: readonly Chapter[] = [
  {
    title: "Keys, on SQLite",
    async *figures(): AsyncGenerator<Figure> {
      const path = folder()("mesh.db");
      const { mesh, reader } = await filled(new SqliteStorage({ path, durability: "process" }));
      const database = new Database(path);
      const scan = database
        .prepare(
          "SELECT key FROM syntha_item_audience WHERE tenant = 1 AND bucket = 'trare' ORDER BY key",
        )
        .pluck();
      check(await reader.keys(), scan.all());
      yield {
        ...keysOf(reader),
        against: repeatSync(() => scan.all()),
      };
      database.close();
      await mesh.close();
    },
  },
  {
    title: "Keys, on PostgreSQL",
    async *figures(): AsyncGenerator<Figure> {
      const server = await startServer({ durable: false });
      const connectionString = server.url;
      const storage = new PostgresStorage({ connectionString, schema: "keys" });
      const { mesh, reader } = await filled(storage);
      const client = new pg.Client({ connectionString });
      await client.connect();
      await client.query("ANALYZE");
      const scan = async (): Promise<string[]> => {
        const { rows } = await client.query<[string]>({
          name: "scan",
          text: "SELECT key FROM keys.item_audience WHERE tenant = 'default' AND bucket = 'trare' ORDER BY key",
          rowMode: "array",
        });
        return rows.map(([key]) => key);
      };
      check(await reader.keys(), await scan());
      yield {
        ...keysOf(reader),
        against: repeat(scan),
      };
      await client.end();
      await mesh.close();
      await server.stop();
    },
  },
];

function keysOf(reader: AgentContext): Omit<Figure, "against"> {
  return {
    name: `keys of ${VISIBLE.toLocaleString("en")} visible`,
    baseline: "a bare scan of the index of their topic, keys only",
    within: 1.3,
    times: 10,
    rounds: 15,
    ours: repeat(() => reader.keys()),
  };
}

async function filled(storage: Storage): Promise<{ mesh: ContextMesh; reader: AgentContext }> {
  const mesh = new ContextMesh({ storage, sweepEvery: false });
  await fill(mesh, VISIBLE, VISIBLE);
  return { mesh, reader: mesh.agent("Reader") };
}

function check(ours: readonly string[], theirs: readonly unknown[]): void {
  if (ours.length !== VISIBLE || !isDeepStrictEqual(ours, theirs))
    throw new Error("Both sides must return the same keys.");
}
