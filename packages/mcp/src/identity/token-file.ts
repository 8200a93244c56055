import { readFile, stat } from "node:fs/promises";
import { isSynthaError, parseJson, SynthaError } from "@syntha/core";
import { checkCallback, checkOptions, describe, knownOptions } from "@syntha/core/storage";
import type { Authenticate } from "./identity.ts";
import { toHashedTokens } from "./static-tokens.ts";
import type { HashedToken, TokenEntries } from "./token-entry.ts";
import { TokenTable } from "./token-table.ts";

export interface TokenFileOptions {
  /** Called if the file becomes invalid, which leaves the tokens as they were, or can't be read. @default none */
  readonly onError?: ((error: Error) => void) | undefined;
}

const OPTIONS = knownOptions<TokenFileOptions>("tokenFile", { onError: true });

/** Twice, with the time to read the file, is below a second. */
const CHECK_EVERY_MS = 300;

/** Bearer tokens from a file that may change. */
export interface TokenFile extends Disposable {
  /** For `mcpHandler`. */
  readonly authenticate: Authenticate;
  /** How many tokens are valid now, expired ones included. */
  readonly size: number;
  /** Stops reading the file. */
  readonly close: () => void;
}

/**
 * Authenticates requests by the tokens of a file: a JSON object of {@link TokenEntry} by name, as `npx @syntha/mcp token`
 * writes it. A change applies within a second: requests with a token that was removed or changed end. A file that becomes
 * invalid leaves the tokens as they were; one that is removed revokes all.
 *
 * @example
 * ```ts
 * using tokens = await tokenFile("tokens.json");
 * const handler = mcpHandler({ mesh: tenants, authenticate: tokens.authenticate });
 * ```
 * @throws MISCONFIGURED for a file that can't be read; INVALID_ARGUMENTS for an invalid one
 */
export async function tokenFile(path: string, options: TokenFileOptions = {}): Promise<TokenFile> {
  checkOptions(options, OPTIONS);
  checkCallback("onError", options.onError);
  const watched = new WatchedTokens(path, options.onError ?? (() => undefined));
  await watched.load();
  const close = (): void => watched.close();
  return {
    authenticate: (request) => watched.table.authenticate(request),
    get size() {
      return watched.size;
    },
    close,
    [Symbol.dispose]: close,
  };
}

async function readTokens(path: string): Promise<readonly HashedToken[]> {
  return toHashedTokens(await readTokenEntries(path));
}

/** @throws MISCONFIGURED, INVALID_ARGUMENTS */
export async function readTokenEntries(path: string): Promise<TokenEntries> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new SynthaError("MISCONFIGURED", `Can't read the tokens: ${(error as Error).message}`, {
      hint: "Create the file with `npx @syntha/mcp token --tokens FILE --agent NAME`.",
      details: { path: "tokens" },
      cause: error,
    });
  }
  const entries = toEntries(path, text);
  for (const [name, entry] of Object.entries(entries))
    if (Object.hasOwn(Object(entry) as object, "token"))
      throw invalid(path, `has the token "${name}" itself: only its sha256 belongs in a file.`);
  return entries;
}

function toEntries(path: string, text: string): TokenEntries {
  let entries: unknown;
  try {
    entries = parseJson(text);
  } catch (error) {
    throw invalid(path, `is not valid JSON: ${(error as Error).message}`);
  }
  if (typeof entries === "object" && entries !== null && !Array.isArray(entries))
    return entries as TokenEntries;
  throw invalid(path, `must be an object of tokens by name, not ${describe(entries)}.`);
}

function invalid(path: string, problem: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", `The file ${path} ${problem}`, {
    hint: "Create tokens with `npx @syntha/mcp token`, which writes their entries.",
    details: { path: "tokens" },
  });
}

/** Polls the file: notifications of file systems differ between platforms. */
class WatchedTokens {
  readonly table = new TokenTable();
  size = 0;
  readonly #path: string;
  readonly #onError: (error: Error) => void;
  #version: string | undefined;
  /** Programs that save a file may remove it for a moment. */
  #isMissing = false;
  /** The message of the last error, until a check succeeds: each problem is reported once. */
  #reported: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(path: string, onError: (error: Error) => void) {
    this.#path = path;
    this.#onError = onError;
  }

  async load(): Promise<void> {
    const version = await versionOf(this.#path);
    this.#replace(await readTokens(this.#path));
    this.#version = version;
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#check(), CHECK_EVERY_MS).unref();
  }

  async #check(): Promise<void> {
    try {
      const version = await versionOf(this.#path);
      if (version !== this.#version) await this.#reload(version);
      this.#isMissing = version === undefined;
      this.#reported = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#reported) this.#onError(error as Error);
      this.#reported = message;
    }
    this.#schedule();
  }

  async #reload(version: string | undefined): Promise<void> {
    if (version === undefined && !this.#isMissing) return;
    try {
      this.#replace(version === undefined ? [] : await readTokens(this.#path));
    } catch (error) {
      // What can't be read now is read again; what is invalid stays so until it changes.
      if (isSynthaError(error, "MISCONFIGURED")) throw error;
      this.#onError(error as Error);
    }
    this.#version = version;
  }

  #replace(tokens: readonly HashedToken[]): void {
    this.table.replace(tokens);
    this.size = tokens.length;
  }
}

/** Undefined for a missing file. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(":");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
