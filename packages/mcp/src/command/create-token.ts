import { open, rename, rm } from "node:fs/promises";
import { isSynthaError } from "@syntha/core";
import type { TokenEntries, TokenEntry } from "../identity/token-entry.ts";
import { readTokenEntries } from "../identity/token-file.ts";
import { hashToken, newToken } from "../identity/token-hash.ts";
import type { TokenArguments } from "./options.ts";
import type { ProcessIo } from "./process-io.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Adds a new token to a file, and prints it.
 * @throws UsageError for a name that is taken; MISCONFIGURED, INVALID_ARGUMENTS for a file that can't be used
 */
export async function createToken(args: TokenArguments, { print, log }: ProcessIo): Promise<void> {
  const { tokens: path, name, agent, tenantId, role, toolsets, scopes, expiresAt } = args;
  const entries = await readIfThere(path);
  if (Object.hasOwn(entries, name))
    throw new UsageError(`${path} has a token "${name}": choose another --name, or remove it.`);
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
  await replaceFile(path, `${JSON.stringify({ ...entries, [name]: entry }, null, 2)}\n`);
  log(`Added "${name}" to ${path}. This is the token; it can't be shown again:`);
  print(`${token}\n`);
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

/** Whole or not at all, and readable by its owner alone. */
async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(next, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}
