import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { type AgentContext, ContextMesh, type Storage, SynthaError } from "@syntha/core";
import { openStorage, UsageError } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";
import { Progress } from "../terminal/progress.ts";
import { chooseMesh, type MeshChoice, type MeshFlags } from "./mesh-choice.ts";

/** A mesh that a command works with; disposing of it closes the storage. */
export interface OpenMesh extends MeshChoice, AsyncDisposable {
  readonly mesh: ContextMesh;
  /** The time by which ages are counted. */
  readonly now: number;
  readonly storage: Storage;
}

export interface OpenOptions {
  /** Whether a SQLite file, or the tables of a PostgreSQL database, are created if they do not exist. @default false */
  readonly create?: boolean | undefined;
}

/** @throws UsageError; NOT_FOUND for a file that does not exist; MISCONFIGURED */
export async function openMesh(
  cli: Cli,
  flags: MeshFlags & { readonly at?: number | undefined },
  options: OpenOptions = {},
): Promise<OpenMesh> {
  const choice = await chooseMesh(cli, flags);
  const storage = await openChosenStorage(cli, choice.url, options);
  // The programs that use a mesh set its retention: a command applies none.
  const mesh = new ContextMesh({
    storage,
    tenantId: choice.tenantId,
    sweepEvery: false,
    compactEvery: false,
  });
  const live = {
    ...choice,
    mesh,
    storage,
    now: Date.now(),
    [Symbol.asyncDispose]: () => mesh.close(),
  };
  return flags.at === undefined ? live : openPast(cli, live, flags.at);
}

/** The mesh as it was at a position of the log. */
async function openPast(cli: Cli, live: OpenMesh, position: number): Promise<OpenMesh> {
  using progress = new Progress(cli.err, "going back");
  try {
    const past = await live.mesh.at(position, {
      signal: cli.signal,
      onProgress: ({ done, total }) => progress.update(done, total, "record"),
    });
    const close = async (): Promise<void> => {
      await past.close();
      await live.mesh.close();
    };
    return { ...live, mesh: past, now: past.time.getTime(), [Symbol.asyncDispose]: close };
  } catch (error) {
    await live.mesh.close();
    throw error;
  }
}

/** @throws UsageError; NOT_FOUND; MISCONFIGURED */
export async function openChosenStorage(
  cli: Cli,
  url: string,
  { create = false }: OpenOptions = {},
): Promise<Storage> {
  if (/^memory\b|^(?:sqlite:)?:memory:$/.test(url))
    throw new UsageError("A mesh in memory is in the process of a program: no command reaches it.");
  const path = sqlitePath(cli, url);
  // Looking at a database should not change it: a newer release could leave older programs without their tables.
  if (path === undefined) return openStorage(url, { migrate: create });
  // Looking at a mesh under a wrong name should not leave an empty file.
  if (!create && !(await exists(path))) throw noFile(path);
  return openStorage(`sqlite:${path}`);
}

function sqlitePath({ cwd }: Cli, url: string): string | undefined {
  return url.startsWith("sqlite:") && url.length > "sqlite:".length
    ? resolve(cwd, url.slice("sqlite:".length))
    : undefined;
}

async function exists(path: string): Promise<boolean> {
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

/** The view of an agent; of the system for undefined or `system`. */
export function viewOf(mesh: ContextMesh, as: string | undefined): AgentContext {
  return as === undefined || as === "system" ? mesh.system : mesh.agent(as);
}
