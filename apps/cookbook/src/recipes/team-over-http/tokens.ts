import { createHash, randomBytes } from "node:crypto";
import type { Authenticate, Identity } from "@syntha/mcp";

interface Issued {
  readonly identity: Identity;
  readonly revocation: AbortController;
}

/** The tokens of all agents. Replace it with your own table, or with `jwtTokens` of @syntha/mcp. */
export class Tokens {
  /** By hash, so that what is stored here lets no one in. */
  readonly #issued = new Map<string, Issued>();

  /** Issues a token for an agent of a tenant. */
  issue(tenantId: string, agent: string): string {
    const token = randomBytes(32).toString("base64url");
    const revocation = new AbortController();
    const identity: Identity = { tenantId, agent, signal: revocation.signal };
    this.#issued.set(hash(token), { identity, revocation });
    return token;
  }

  /** Ends the calls and streams of a token at once. */
  revoke(token: string): void {
    const issued = this.#issued.get(hash(token));
    this.#issued.delete(hash(token));
    issued?.revocation.abort();
  }

  /** The identity of a request, for MCP and for the other routes. */
  readonly authenticate = (({ headers }) => {
    const token = /^Bearer (\S+)$/.exec(headers.get("authorization") ?? "")?.[1];
    return token === undefined ? undefined : this.#issued.get(hash(token))?.identity;
  }) satisfies Authenticate;
}

const hash = (token: string): string => createHash("sha256").update(token).digest("base64");
