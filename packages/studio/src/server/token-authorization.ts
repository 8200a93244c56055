import { SynthaError } from "@syntha/core";
import { bearerTokenOf, equalHashes, hashToken } from "@syntha/http";
import type { Authorize } from "./identity.ts";

/** As short as can't be guessed. */
const MIN_LENGTH = 16;

/**
 * Allows requests with this token in their `Authorization` header. Hashes are compared, in constant time.
 * @throws INVALID_ARGUMENTS
 */
export async function tokenAuthorization(token: string): Promise<Authorize> {
  if (typeof token !== "string" || !/^[\w\-.~+/]+=*$/.test(token) || token.length < MIN_LENGTH) {
    throw new SynthaError("INVALID_ARGUMENTS", "The token can't be used.", {
      hint: `Use at least ${MIN_LENGTH} letters, digits and -._~+/, or leave it out for a random one.`,
      details: { path: "token" },
    });
  }
  const expected = await hashToken(token);
  return async (request) => {
    const given = bearerTokenOf(request);
    return given !== undefined && equalHashes(await hashToken(given), expected) ? {} : undefined;
  };
}
