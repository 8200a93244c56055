import { resolve } from "node:path";
import { UsageError } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";

const SQLITE = "sqlite:";

/**
 * A storage as options and the environment name it, as a URL: `sqlite:PATH`, `postgres://…` or `memory:`. A path alone is a
 * SQLite file.
 * @throws UsageError for a URL of another kind
 */
export function toStorageUrl(storage: string): string {
  // One letter is a drive of Windows.
  const scheme = /^[a-z][a-z\d+.-]+:/i.exec(storage)?.[0].toLowerCase();
  if (scheme === undefined) return isInMemory(storage) ? "memory:" : SQLITE + storage;
  const rest = storage.slice(scheme.length);
  const isKnown = scheme.startsWith("postgres")
    ? /^postgres(ql)?:$/.test(scheme) && rest.startsWith("//")
    : scheme === SQLITE || (scheme === "memory:" && rest === "");
  if (isKnown && !(scheme === SQLITE && rest === "")) return scheme + rest;
  // The rest may have a password.
  throw new UsageError(`--storage is sqlite:PATH, postgres://… or memory:, not "${scheme}…".`);
}

/** Whether only one process can reach the mesh. */
function isInMemory(url: string): boolean {
  return /^memory:?$|^(?:sqlite:)?:memory:$/.test(url);
}

/** The path of a SQLite file; undefined for another storage. */
export function sqlitePath({ cwd }: Pick<Cli, "cwd">, url: string): string | undefined {
  return url.startsWith(SQLITE) ? resolve(cwd, url.slice(SQLITE.length)) : undefined;
}

/**
 * A storage for other programs, in other folders.
 * @throws UsageError for a mesh in memory, or a URL of another kind
 */
export function toSharedUrl(cli: Pick<Cli, "cwd">, storage: string): string {
  const url = toStorageUrl(storage);
  requireShared(url);
  const path = sqlitePath(cli, url);
  return path === undefined ? url : SQLITE + path;
}

/** @throws UsageError for a mesh in memory */
export function requireShared(url: string): void {
  if (isInMemory(url))
    throw new UsageError("A mesh in memory is in the process of a program: no command reaches it.");
}
