import type { Storage } from "@syntha/core";
import type { Clock } from "@syntha/core/storage";
import { memorySite } from "./memory-site.ts";
import { postgresSite } from "./postgres-site.ts";
import { sqliteSite } from "./sqlite-site.ts";

export const STORAGE_KINDS = ["memory", "sqlite", "postgres"] as const;
export type StorageKind = (typeof STORAGE_KINDS)[number];

/** What a program runs on: made for it alone, and gone afterwards. */
export interface Site {
  readonly kind: StorageKind;
  /** In memory, each process that opens it has one of its own. */
  readonly address: Address;
  /** A storage on it: another one with each call, but in memory, where there is one. */
  storage(clock?: Clock): Storage;
  /** What the engine's own check finds wrong; undefined when it finds nothing. */
  integrity(): Promise<string | undefined>;
  /** All tables and indexes, and the migrations that made them. */
  schema(): Promise<string>;
  remove(): Promise<void>;
}

/** Where a storage lies, as text that other processes are told. */
export type Address =
  | { readonly kind: "memory" }
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "postgres"; readonly connectionString: string; readonly schema: string };

/** `url` leads to a PostgreSQL server; without it, there is one in the environment, or one is started. */
export async function makeSite(kind: StorageKind, url?: string): Promise<Site> {
  switch (kind) {
    case "memory":
      return memorySite();
    case "sqlite":
      return sqliteSite();
    case "postgres":
      return postgresSite(url);
  }
}
