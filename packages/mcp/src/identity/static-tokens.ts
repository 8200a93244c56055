import type { Authenticate } from "./identity.ts";
import { type TokenEntries, toHashedToken } from "./token-entry.ts";
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
 * @throws INVALID_ARGUMENTS for an invalid entry
 */
export async function staticTokens(entries: TokenEntries): Promise<Authenticate> {
  const table = new TokenTable();
  table.replace(await toHashedTokens(entries));
  return (request) => table.authenticate(request);
}

/** @throws INVALID_ARGUMENTS for an invalid entry */
export function toHashedTokens(entries: TokenEntries) {
  return Promise.all(Object.entries(entries).map(([name, entry]) => toHashedToken(name, entry)));
}
