import { SynthaError } from "@syntha/core";
import { checkOptions, describe, knownOptions } from "@syntha/core/storage";
import type { Role, Toolset } from "@syntha/tools";
import { checkRights } from "./check-identity.ts";
import type { Identity } from "./identity.ts";
import { parseIsoDate } from "./iso-date.ts";
import type { Scope } from "./scope.ts";
import { hashToken } from "@syntha/http";

/**
 * A token, and the identity of the requests that carry it. In a file, an entry is the same as JSON; it must have `sha256`
 * there, never the token itself.
 *
 * @example
 * ```json
 * { "laptop": { "sha256": "9f86d0…", "agent": "Claude", "tenantId": "acme", "role": "readonly" } }
 * ```
 */
export interface TokenEntry {
  /** The token: give this or `sha256`. At least 20 characters of letters, digits and `-._~+/=`. */
  readonly token?: string | undefined;
  /** SHA-256 of the token in hexadecimal, as `npx @syntha/mcp token` writes it. */
  readonly sha256?: string | undefined;
  readonly agent: string;
  /** @default "default" */
  readonly tenantId?: string | undefined;
  /** @default the handler's role */
  readonly role?: Role | undefined;
  /** @default the handler's toolsets */
  readonly toolsets?: readonly Toolset[] | undefined;
  /** @default all scopes */
  readonly scopes?: readonly Scope[] | undefined;
  /** ISO 8601, such as "2027-01-31" or "2027-01-31T12:00:00Z". @default never */
  readonly expiresAt?: string | undefined;
}

/** Tokens by a name for people. */
export type TokenEntries = Readonly<Record<string, TokenEntry>>;

/** An entry after its checks. */
export interface HashedToken {
  readonly name: string;
  readonly sha256: string;
  readonly identity: Omit<Identity, "signal">;
}

const ENTRY = knownOptions<TokenEntry>("a token", {
  token: true,
  sha256: true,
  agent: true,
  tenantId: true,
  role: true,
  toolsets: true,
  scopes: true,
  expiresAt: true,
});
const TOKEN = /^[A-Za-z0-9\-._~+/]{20,}=*$/;
const SHA256 = /^[0-9a-f]{64}$/i;

/** @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE; no message contains a token */
export async function toHashedToken(name: string, entry: TokenEntry): Promise<HashedToken> {
  checkOptions(entry, ENTRY, name);
  const { agent, tenantId = "default", role, toolsets, scopes } = entry;
  const rights = { tenantId, agent, role, toolsets, scopes };
  checkRights(rights, name);
  const expiresAt = toExpiry(name, entry.expiresAt);
  return { name, sha256: await toHash(name, entry), identity: { ...rights, expiresAt } };
}

async function toHash(name: string, { token, sha256 }: TokenEntry): Promise<string> {
  if ((token === undefined) === (sha256 === undefined))
    throw invalid(name, `The token "${name}" needs either \`token\` or \`sha256\`.`);
  if (token === undefined) {
    if (typeof sha256 === "string" && SHA256.test(sha256)) return sha256.toLowerCase();
    throw invalid(`${name}.sha256`, `\`${name}.sha256\` must be 64 hexadecimal digits.`);
  }
  if (typeof token === "string" && TOKEN.test(token)) return hashToken(token);
  throw invalid(
    `${name}.token`,
    `\`${name}.token\` must be 20 or more letters, digits and -._~+/=.`,
  );
}

function toExpiry(name: string, expiresAt: string | undefined): Date | undefined {
  if (expiresAt === undefined) return undefined;
  const date = parseIsoDate(expiresAt);
  if (date !== undefined) return date;
  const path = `${name}.expiresAt`;
  throw invalid(path, `\`${path}\` must be a date in ISO 8601, not ${describe(expiresAt)}.`);
}

function invalid(path: string, message: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Create tokens with `npx @syntha/mcp token`, which writes their entries.",
    details: { path },
  });
}
