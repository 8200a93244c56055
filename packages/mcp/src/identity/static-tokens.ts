import { SynthaError } from "@syntha/core";
import type { Authenticate } from "./identity.ts";
import { type HashedToken, type TokenEntries, toHashedToken } from "./token-entry.ts";
import { TokenTable } from "./token-table.ts";

/**
 * Authenticates requests by fixed bearer tokens. Only their hashes are kept. For a file that can change while the server
 * runs, use `tokenFile` of "@syntha/mcp/node".
 *
 * @example
 * ```ts
 * const authenticate = await staticTokens({
 *   laptop: { token: env.LAPTOP_TOKEN, agent: "Claude", tenantId: "acme" },
 *   dashboard: { sha256: "9f86d081884c7d65…", agent: "Dashboard", tenantId: "acme", role: "readonly" },
 * });
 * ```
 * @throws INVALID_ARGUMENTS for an invalid entry, and for two with the same token
 */
export async function staticTokens(entries: TokenEntries): Promise<Authenticate> {
  const table = new TokenTable();
  table.replace(await toHashedTokens(entries));
  return (request) => table.authenticate(request);
}

/** @throws INVALID_ARGUMENTS for an invalid entry, and for two with the same token */
export async function toHashedTokens(entries: TokenEntries): Promise<readonly HashedToken[]> {
  const tokens = await Promise.all(
    Object.entries(entries).map(([name, entry]) => toHashedToken(name, entry)),
  );
  const names = new Map<string, string>();
  for (const { name, sha256 } of tokens) {
    const other = names.get(sha256);
    if (other !== undefined) throw sameToken(other, name);
    names.set(sha256, name);
  }
  return tokens;
}

/** Which of the two would it be? */
function sameToken(one: string, other: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", `"${one}" and "${other}" are the same token.`, {
    hint: "Remove one of them, or create another token for it.",
    details: { path: other },
  });
}
