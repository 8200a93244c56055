import { type FileHandle, open, realpath, rename, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isSynthaError, SynthaError } from "@syntha/core";
import type { TokenEntries, TokenEntry } from "../identity/token-entry.ts";
import { readTokenEntries } from "../identity/token-file.ts";
import { hashToken, newToken } from "@syntha/http";
import type { TokenArguments } from "./options.ts";
import type { ProcessIo } from "./process-io.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Adds a new token to a file, and prints it.
 * @throws UsageError for a name that is taken; MISCONFIGURED, INVALID_ARGUMENTS for a file that can't be used
 */
export async function createToken(args: TokenArguments, { print, log }: ProcessIo): Promise<void> {
  const { tokens: path, name, agent, tenantId, role, toolsets, scopes, expiresAt } = args;
  const token = newToken();
  const entry: TokenEntry = {
    sha256: await hashToken(token),
    agent,
    tenantId,
    ...(role !== undefined && { role }),
    ...(toolsets !== undefined && { toolsets }),
    ...(scopes !== undefined && { scopes }),
    ...(expiresAt !== undefined && { expiresAt: expiresAt.toISOString() }),
  };
  await changeFile(path, async () => {
    const entries = await readIfThere(path);
    if (Object.hasOwn(entries, name))
      throw new UsageError(`${path} has a token "${name}": choose another --name, or remove it.`);
    return `${JSON.stringify({ ...entries, [name]: entry }, null, 2)}\n`;
  });
  log(`Added "${name}" to ${path}. This is the token; it can't be shown again:`);
  await print(`${token}\n`);
}

async function readIfThere(path: string): Promise<TokenEntries> {
  try {
    return await readTokenEntries(path);
  } catch (error) {
    const cause = isSynthaError(error) ? (error.cause as NodeJS.ErrnoException) : undefined;
    if (cause?.code === "ENOENT") return {};
    throw error;
  }
}

/**
 * Replaces a file by its next text, whole or not at all, readable by its owner alone. The new file also excludes others that
 * change the same one: of two that read it at once, one's entry would be lost.
 */
async function changeFile(path: string, nextText: () => Promise<string>): Promise<void> {
  // A link stays a link.
  const target = await realpath(path).catch(() => path);
  const next = `${target}.tmp`;
  const file = await openExclusively(next);
  try {
    try {
      await file.writeFile(await nextText());
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, target);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}

/** Tries for two seconds, ten times a second. */
const TRIES = 20;

async function openExclusively(path: string): Promise<FileHandle> {
  for (let tries = 1; ; tries++) {
    try {
      return await open(path, "wx", 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(path, error);
      if (tries >= TRIES) throw unwritable(path, error);
      await sleep(100);
    }
  }
}

function unwritable(path: string, cause: unknown): SynthaError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new SynthaError("MISCONFIGURED", `Can't write the tokens: ${message}`, {
    hint:
      code === "EEXIST"
        ? `Another process is changing the file. If none is, remove ${path}.`
        : "Name a file that can be written, by --tokens.",
    details: { path: "tokens" },
    cause,
  });
}
