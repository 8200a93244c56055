import { access } from "node:fs/promises";
import { type Storage, SynthaError } from "@syntha/core";
import { openStorage } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";
import { requireShared, sqlitePath } from "./storage-url.ts";

export interface OpenOptions {
  /** Whether a SQLite file, and the tables of any storage, are created if they do not exist, or upgraded. @default false */
  readonly create?: boolean | undefined;
}

/** @throws UsageError; NOT_FOUND; MISCONFIGURED */
export async function openChosenStorage(
  cli: Cli,
  url: string,
  { create = false }: OpenOptions = {},
): Promise<Storage> {
  requireShared(url);
  const path = sqlitePath(cli, url);
  if (path !== undefined && !create && !(await exists(path))) throw noFile(path);
  // Looking at a mesh should not change it: a newer release could leave older programs without their tables.
  return openStorage(path === undefined ? url : `sqlite:${path}`, { migrate: create });
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

function noFile(path: string): SynthaError {
  return new SynthaError("NOT_FOUND", `There is no file ${path}`, {
    hint: "Check the path. `syntha push KEY VALUE --global` creates the file with its first item.",
  });
}
