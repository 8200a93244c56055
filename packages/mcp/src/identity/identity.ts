import type { Role, Toolset } from "@syntha/tools";
import type { Scope } from "./scope.ts";

/**
 * Who sends a request, and what it may do. It comes from the request's credentials alone: no tool has an argument for it.
 *
 * @example
 * ```ts
 * const identity: Identity = { tenantId: "acme", agent: "Claude", role: "readonly" };
 * ```
 */
export interface Identity {
  readonly tenantId: string;
  /** The agent that requests act as. Requests may name an agent below it, such as "Claude/reviewer" for "Claude". */
  readonly agent: string;
  /** @default the handler's role */
  readonly role?: Role | undefined;
  /** @default the handler's toolsets */
  readonly toolsets?: readonly Toolset[] | undefined;
  /** @default all scopes */
  readonly scopes?: readonly Scope[] | undefined;
  /** Its calls and streams end then. @default never */
  readonly expiresAt?: Date | undefined;
  /**
   * Aborts when the identity is revoked, which ends its calls and streams. Without it, the handler authenticates each request
   * in progress again every second.
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the identity of a request, or undefined to answer it with 401. It reads headers, never the body. If it throws or
 * rejects, the request is answered with 503 (UNAVAILABLE) or 500. It is called again for requests in progress, and ends
 * them by returning undefined or another identity, or by throwing.
 *
 * @example
 * ```ts
 * const authenticate: Authenticate = async (request) => {
 *   const user = await sessions.find(request.headers.get("cookie"));
 *   return user && { tenantId: user.company, agent: user.name };
 * };
 * ```
 */
export type Authenticate = (
  request: Request,
) => Identity | undefined | Promise<Identity | undefined>;

/** Equal for identities with the same rights. */
export function identityKey({ tenantId, agent, role, toolsets, scopes }: Identity): string {
  const parts = [tenantId, agent, sorted(role), sorted(toolsets), sorted(scopes)];
  return JSON.stringify(parts);
}

function sorted(names: string | readonly string[] | undefined): string | readonly string[] | null {
  return typeof names === "string" ? names : (names?.toSorted() ?? null);
}
