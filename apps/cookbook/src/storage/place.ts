import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Storage } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { Client, escapeIdentifier } from "pg";

/** Where meshes live that outlast a process: a SQLite file, or a schema of the Postgres at DATABASE_URL. */
export type Place = { readonly file: string } | { readonly schema: string };

/** The one line in which programs on SQLite and programs on Postgres differ. */
export function storageAt(place: Place): Storage {
  return "file" in place
    ? new SqliteStorage({ path: place.file })
    : new PostgresStorage({ connectionString: databaseUrl(), schema: place.schema });
}

export interface FreshPlace {
  readonly place: Place;
  /** For people. */
  readonly text: string;
  /** Takes away all that was stored there. */
  readonly remove: () => Promise<void>;
}

/** A place that nobody else uses. */
export async function freshPlace(): Promise<FreshPlace> {
  if (databaseUrl() !== "") return freshSchema();
  const folder = await mkdtemp(join(tmpdir(), "syntha-cookbook-"));
  return {
    place: { file: join(folder, "mesh.db") },
    text: "SQLite (a Postgres, if DATABASE_URL names one)",
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function freshSchema(): FreshPlace {
  const schema = `syntha_cookbook_${crypto.randomUUID().slice(0, 8)}`;
  return {
    place: { schema },
    text: "Postgres, at DATABASE_URL",
    remove: async () => {
      const client = new Client({ connectionString: databaseUrl() });
      await client.connect();
      await client.query("set client_min_messages = warning");
      await client.query(`drop schema if exists ${escapeIdentifier(schema)} cascade`);
      await client.end();
    },
  };
}

function databaseUrl(): string {
  return process.env["DATABASE_URL"] ?? "";
}
