import type { Identity } from "./identity.ts";
import { bearerTokenOf } from "@syntha/http";
import type { HashedToken } from "./token-entry.ts";
import { equalHashes, hashToken } from "@syntha/http";

interface Row {
  readonly hashed: HashedToken;
  readonly revocation: AbortController;
}

/** The tokens that are valid now, by their hashes. Replacing them revokes those that are removed or changed. */
export class TokenTable {
  #rows: readonly Row[] = [];

  replace(tokens: readonly HashedToken[]): void {
    const old = new Map(this.#rows.map((row) => [JSON.stringify(row.hashed), row]));
    this.#rows = tokens.map((hashed) => {
      const key = JSON.stringify(hashed);
      const kept = old.get(key);
      old.delete(key);
      return kept ?? { hashed, revocation: new AbortController() };
    });
    for (const { revocation } of old.values()) revocation.abort();
  }

  async authenticate(request: Request): Promise<Identity | undefined> {
    const token = bearerTokenOf(request);
    if (token === undefined) return undefined;
    const hash = await hashToken(token);
    let found: Row | undefined;
    // Every row is compared, so that the time does not depend on the one that is found.
    for (const row of this.#rows) if (equalHashes(row.hashed.sha256, hash)) found = row;
    return found && { ...found.hashed.identity, signal: found.revocation.signal };
  }
}
