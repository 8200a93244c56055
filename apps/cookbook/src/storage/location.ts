import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Storage } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { Client, escapeIdentifier } from "pg";

/** The location of a durable storage: a SQLite file, or a schema of the Postgres at DATABASE_URL. */
export type StorageLocation = { readonly file: string } | { readonly schema: string };

/** The only difference between programs on SQLite and on Postgres. */
export function storageAt(location: StorageLocation): Storage {
  return "file" in location
    ? new SqliteStorage({ path: location.file })
    : new PostgresStorage({ connectionString: databaseUrl(), schema: location.schema });
}

export interface NewLocation {
  readonly location: StorageLocation;
  /** A description to print. */
  readonly text: string;
  /** Deletes the file or schema. */
  readonly remove: () => Promise<void>;
}

/** Creates a location that no other program uses. */
export async function createLocation(): Promise<NewLocation> {
  if (databaseUrl() !== "") return freshSchema();
  const folder = await mkdtemp(join(tmpdir(), "syntha-cookbook-"));
  return {
    location: { file: join(folder, "mesh.db") },
    text: "SQLite (a Postgres, if DATABASE_URL names one)",
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function freshSchema(): NewLocation {
  const schema = `syntha_cookbook_${crypto.randomUUID().slice(0, 8)}`;
  return {
    location: { schema },
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
