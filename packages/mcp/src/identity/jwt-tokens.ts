import { SynthaError } from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import { bearerTokenOf } from "@syntha/http";
import { toSecureUrl } from "./secure-url.ts";
import type { Authenticate, Identity } from "./identity.ts";
import { type JwtClaims, toIdentity } from "./jwt-claims.ts";

export interface JwtOptions {
  /** Where the issuer publishes its keys, such as "https://login.acme.com/.well-known/jwks.json". Give this or `keys`. */
  readonly jwksUrl?: string | URL | undefined;
  /** Public keys, for an issuer without an address for them. */
  readonly keys?: JSONWebKeySet | undefined;
  /** The `iss` of valid tokens. */
  readonly issuer: string | readonly string[];
  /** The `aud` of valid tokens: the address of this server. Tokens for other servers are refused. */
  readonly audience: string | readonly string[];
  /** @default the asymmetric ones: RS, PS and ES with 256, 384 or 512, and EdDSA */
  readonly algorithms?: readonly string[] | undefined;
  /** The claims that make an identity. @default see {@link JwtClaims} */
  readonly claims?: JwtClaims | undefined;
  /** The tenant of all tokens. @default each token's claim */
  readonly tenantId?: string | undefined;
  /** By how many seconds clocks may differ. @default 5 */
  readonly clockTolerance?: number | undefined;
}

const OPTIONS = knownOptions<JwtOptions>("jwtTokens", {
  jwksUrl: true,
  keys: true,
  issuer: true,
  audience: true,
  algorithms: true,
  claims: true,
  tenantId: true,
  clockTolerance: true,
});
const CLAIMS = knownOptions<JwtClaims>("jwtTokens", {
  tenantId: true,
  agent: true,
  role: true,
  toolsets: true,
  scopes: true,
});
const ASYMMETRIC = ["RS", "PS", "ES"].flatMap((family) =>
  [256, 384, 512].map((bits) => `${family}${bits}`),
);

/**
 * Authenticates requests by JWTs of an OAuth issuer. Tokens need `exp`, at which their calls and streams end.
 *
 * @example
 * ```ts
 * const authenticate = jwtTokens({
 *   jwksUrl: "https://login.acme.com/.well-known/jwks.json",
 *   issuer: "https://login.acme.com/",
 *   audience: "https://mesh.acme.com/mcp",
 *   claims: { tenantId: "org_id", agent: "client_id" },
 * });
 * ```
 * The authenticator rejects with UNAVAILABLE while the issuer's keys can't be read.
 * @throws INVALID_ARGUMENTS
 */
export function jwtTokens(options: JwtOptions): Authenticate {
  checkOptions(options, OPTIONS);
  const { issuer, audience, claims = {}, tenantId, clockTolerance = 5 } = options;
  checkOptions(claims, CLAIMS, "claims");
  checkNamed("issuer", issuer);
  checkNamed("audience", audience);
  const keys = toKeys(options);
  const rules = {
    issuer: [issuer].flat(),
    audience: [audience].flat(),
    algorithms: [...(options.algorithms ?? [...ASYMMETRIC, "EdDSA", "Ed25519"])],
    requiredClaims: ["exp"],
    clockTolerance,
  };
  // A token is valid until it expires: there is no need to check it again meanwhile.
  const { signal } = new AbortController();
  return async (request): Promise<Identity | undefined> => {
    const token = bearerTokenOf(request);
    if (token === undefined) return undefined;
    try {
      const payload = await verify(token, keys, rules);
      const identity = toIdentity(payload, claims, tenantId, clockTolerance);
      return identity && { ...identity, signal };
    } catch (error) {
      if (isRefusal(error)) return undefined;
      throw new SynthaError("UNAVAILABLE", "The issuer's keys could not be read.", {
        hint: "Check `jwksUrl`, and that this server can reach it.",
        cause: error,
      });
    }
  };
}

/** A token that does not name its key is tried with each key that fits: an issuer that replaces its key has two. */
async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  rules: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, rules)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error)
      try {
        return (await jwtVerify(token, key, rules)).payload;
      } catch (other) {
        if (!(other instanceof errors.JWSSignatureVerificationFailed)) throw other;
      }
    throw error;
  }
}

function toKeys({ jwksUrl, keys }: JwtOptions): JWTVerifyGetKey {
  if (jwksUrl !== undefined && keys === undefined)
    return createRemoteJWKSet(toSecureUrl("jwksUrl", jwksUrl));
  if (keys !== undefined && jwksUrl === undefined) return createLocalJWKSet(keys);
  throw new SynthaError("INVALID_ARGUMENTS", "Pass either `jwksUrl` or `keys`.", {
    hint: 'Issuers publish the address of their keys as "jwks_uri" in their metadata.',
    details: { path: "jwksUrl" },
  });
}

function checkNamed(path: string, value: string | readonly string[]): void {
  const names: readonly unknown[] = [value].flat();
  if (names.length > 0 && names.every((name) => typeof name === "string" && name !== "")) return;
  throw new SynthaError("INVALID_ARGUMENTS", `\`${path}\` is required.`, {
    hint: "Without it, the issuer's tokens for other servers would be valid here.",
    details: { path },
  });
}

/** Whether a token is at fault, rather than the way to the issuer's keys. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  return error.code !== "ERR_JOSE_GENERIC";
}
