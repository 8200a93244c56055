import type { JWTPayload } from "jose";
import type { Identity } from "./identity.ts";
import { type Rights, checkRights } from "./check-identity.ts";
import { SCOPES } from "./scope.ts";

/** Names of the claims that make an identity. */
export interface JwtClaims {
  /** @default "tenant_id" */
  readonly tenantId?: string | undefined;
  /** @default "sub" */
  readonly agent?: string | undefined;
  /** A role, or a list of tools. Absent: the handler's role. @default "syntha_role" */
  readonly role?: string | undefined;
  /** A list, or names with spaces between them. Absent: the handler's toolsets. @default "syntha_toolsets" */
  readonly toolsets?: string | undefined;
  /**
   * A list, or scopes with spaces between them, of which those of ours count. Absent: no scope. `false`: tokens have no
   * scopes, and their calls need none.
   * @default "scope"
   */
  readonly scopes?: string | false | undefined;
}

/** In milliseconds: later dates are invalid. */
const LAST_DATE = 8.64e15;

/**
 * @param tenantId of all tokens; undefined: each names its own
 * @returns undefined for a token whose claims make no identity
 */
export function toIdentity(
  payload: JWTPayload,
  claims: JwtClaims,
  tenantId: string | undefined,
  clockTolerance: number,
): Identity | undefined {
  const { scopes = "scope" } = claims;
  const granted = scopes === false ? SCOPES : toList(payload[scopes]);
  const rights = {
    tenantId: tenantId ?? payload[claims.tenantId ?? "tenant_id"],
    agent: payload[claims.agent ?? "sub"],
    role: payload[claims.role ?? "syntha_role"],
    toolsets: toNames(payload[claims.toolsets ?? "syntha_toolsets"]),
    scopes: SCOPES.filter((scope) => granted.includes(scope)),
  };
  try {
    checkRights(rights as Rights);
  } catch {
    return undefined;
  }
  return {
    ...(rights as Rights),
    expiresAt: new Date(Math.min(((payload.exp ?? 0) + clockTolerance) * 1_000, LAST_DATE)),
  };
}

function toNames(claim: unknown): unknown {
  return typeof claim === "string" ? toList(claim) : claim;
}

function toList(claim: unknown): readonly unknown[] {
  if (typeof claim === "string") return claim.split(" ").filter((name) => name !== "");
  return Array.isArray(claim) ? claim : [];
}
