import {
  bearerAuthChallengeResponse,
  getOAuthProtectedResourceMetadataUrl,
  OAuthError,
  OAuthErrorCode,
} from "@modelcontextprotocol/server";
import { type Scope, SCOPES } from "../identity/scope.ts";
import { exposeTo, preflightAnswer } from "./cross-origin.ts";
import type { ResourceOptions } from "./options.ts";

const WELL_KNOWN = "/.well-known/oauth-protected-resource";

/** The server as OAuth sees it: its metadata (RFC 9728), and the challenges that lead to it. */
export class ProtectedResource {
  readonly #metadataUrl: string | undefined;
  readonly #metadata: object | undefined;

  constructor(resource: ResourceOptions | undefined) {
    if (resource === undefined) return;
    const url = new URL(resource.url);
    this.#metadataUrl = getOAuthProtectedResourceMetadataUrl(url);
    this.#metadata = {
      resource: url.href,
      authorization_servers: resource.authorizationServers,
      scopes_supported: SCOPES,
      bearer_methods_supported: ["header"],
      ...(resource.name !== undefined && { resource_name: resource.name }),
    };
  }

  /** The answer to a request for the metadata; undefined for every other request. */
  answer(request: Request): Response | undefined {
    const { pathname } = new URL(request.url);
    if (pathname !== WELL_KNOWN && !pathname.startsWith(`${WELL_KNOWN}/`)) return undefined;
    const path = this.#metadataUrl && new URL(this.#metadataUrl).pathname;
    if (this.#metadata === undefined || (pathname !== path && pathname !== WELL_KNOWN))
      return new Response(null, { status: 404 });
    const preflight = preflightAnswer(request, "GET");
    if (preflight !== undefined) return exposeTo("*", preflight);
    if (request.method !== "GET")
      return new Response(null, { status: 405, headers: { allow: "GET" } });
    return exposeTo(
      "*",
      Response.json(this.#metadata, { headers: { "cache-control": "max-age=3600" } }),
    );
  }

  /** The answer to a request without a valid token. */
  unauthorized(request: Request): Response {
    if (request.headers.has("authorization"))
      return this.#challenge(OAuthErrorCode.InvalidToken, "The token is not valid.", SCOPES);
    const url = this.#metadataUrl;
    const at = url === undefined ? "" : `, resource_metadata="${url}"`;
    return Response.json(
      { error: "unauthorized", error_description: "A bearer token is required." },
      { status: 401, headers: { "www-authenticate": `Bearer scope="${SCOPES.join(" ")}"${at}` } },
    );
  }

  /** @param scopes those that the call needs, and those that the token has: a client may ask for a token with just these. */
  insufficientScope(scopes: readonly Scope[]): Response {
    return this.#challenge(OAuthErrorCode.InsufficientScope, "The call needs this scope.", scopes);
  }

  #challenge(code: OAuthErrorCode, message: string, scopes: readonly Scope[]): Response {
    return bearerAuthChallengeResponse(new OAuthError(code, message), {
      requiredScopes: [...scopes],
      ...(this.#metadataUrl !== undefined && { resourceMetadataUrl: this.#metadataUrl }),
    });
  }
}
