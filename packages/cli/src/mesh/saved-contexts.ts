import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SynthaError } from "@syntha/core";
import type { Cli } from "../cli.ts";

/** A mesh that the user has saved under a name. */
export interface SavedContext {
  readonly storage: string;
  readonly tenant?: string | undefined;
}

export interface SavedContexts {
  /** The name of the one in use. */
  readonly current?: string | undefined;
  readonly contexts: Readonly<Record<string, SavedContext>>;
}

const NONE: SavedContexts = { contexts: {} };

/** Where the user's programs keep their configuration. */
export function contextsPath({ env, home }: Pick<Cli, "env" | "home">): string {
  const folder = env["XDG_CONFIG_HOME"] || env["APPDATA"] || join(home, ".config");
  return join(folder, "syntha", "contexts.json");
}

/** @throws MISCONFIGURED if the file can't be read */
export async function readContexts(cli: Cli): Promise<SavedContexts> {
  const path = contextsPath(cli);
  try {
    const saved = JSON.parse(await readFile(path, "utf8")) as unknown;
    if (isContexts(saved)) return saved;
    throw new TypeError("It has another form.");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return NONE;
    throw new SynthaError("MISCONFIGURED", `The saved contexts can't be read: ${path}`, {
      hint: "Repair or remove the file, or name the mesh with --storage.",
      details: { path: "context" },
      cause,
    });
  }
}

/** Replaces the file as a whole. It may have passwords, so only its owner can read it. */
export async function writeContexts(cli: Cli, contexts: SavedContexts): Promise<void> {
  const path = contextsPath(cli);
  const next = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(next, `${JSON.stringify(contexts, undefined, 2)}\n`, { mode: 0o600 });
    await chmod(next, 0o600);
    await rename(next, path);
  } catch (cause) {
    await rm(next, { force: true }).catch(() => undefined);
    throw new SynthaError("MISCONFIGURED", `The contexts can't be saved: ${path}`, {
      hint: "Make the folder writable, or set XDG_CONFIG_HOME.",
      details: { path: "context" },
      cause,
    });
  }
}

/** A storage's URL without its password, also one that should have been percent-encoded. */
export function withoutPassword(url: string): string {
  return url
    .replace(/^([a-z][a-z\d+.-]*:\/\/[^:@/?#]*):.*@/is, "$1:***@")
    .replace(/([?&]password=)[^&#]*/gi, "$1***");
}

function isContexts(value: unknown): value is SavedContexts {
  const { contexts, current } = (value ?? {}) as Partial<SavedContexts>;
  if (typeof contexts !== "object" || contexts === null) return false;
  if (current !== undefined && typeof current !== "string") return false;
  return Object.values(contexts).every(
    (each) =>
      typeof each?.storage === "string" &&
      (each.tenant === undefined || typeof each.tenant === "string"),
  );
}
