import { readRequestBody } from "@modelcontextprotocol/server";
import { type ContextMesh, isSynthaError, type MeshSchema, SynthaError } from "@syntha/core";
import { checkRights } from "../identity/check-identity.ts";
import { delegate, permitsDelegation } from "../identity/delegation.ts";
import type { Identity } from "../identity/identity.ts";
import { SCOPES } from "../identity/scope.ts";
import type { AgentEndpoint } from "./agent-endpoint.ts";
import { AgentEndpoints } from "./agent-endpoints.ts";
import { boundedStream } from "./bounded-stream.ts";
import { exposeTo, preflightAnswer } from "./cross-origin.ts";
import type { Exchange } from "./exchange.ts";
import { Exchanges } from "./exchanges.ts";
import { refuseHost, refuseOrigin } from "./host-guard.ts";
import { messagesOf, scopeFor } from "./message.ts";
import { type CheckedOptions, type McpHandlerOptions, toCheckedOptions } from "./options.ts";
import { ProtectedResource } from "./protected-resource.ts";
import { endedEvent, rejection, tooManyListens } from "./rejection.ts";

/** Serves MCP over HTTP. */
export interface McpHandler {
  /** Answers a request. Bound, so that it can be passed on. Never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Ends all calls and streams. Later requests are answered with 503. The meshes stay open. */
  readonly close: () => Promise<void>;
}

/**
 * Serves the agents of meshes over Streamable HTTP, on any runtime with `Request` and `Response`: who a request acts as is
 * decided by `authenticate` alone.
 *
 * @example
 * ```ts
 * const tenants = new TenantRegistry({ storage });
 * const handler = mcpHandler({
 *   mesh: tenants,
 *   authenticate: await staticTokens({ laptop: { token: env.TOKEN, agent: "Claude", tenantId: "acme" } }),
 *   allowedHosts: ["mesh.acme.com"],
 * });
 * app.all("/mcp", (context) => handler.fetch(context.req.raw)); // Hono
 * ```
 * @throws INVALID_ARGUMENTS for unknown and invalid options
 */
export function mcpHandler(options: McpHandlerOptions): McpHandler {
  const service = new McpService(toCheckedOptions(options));
  return { fetch: (request) => service.fetch(request), close: () => service.close() };
}

/** Of the protocol, older revisions included. */
const METHODS = "POST, GET, DELETE";

const MESSAGES = {
  revoked: "The request was ended: its identity is no longer valid.",
  closed: "The server is closing.",
} as const;

class McpService {
  readonly #options: CheckedOptions;
  readonly #resource: ProtectedResource;
  readonly #endpoints: AgentEndpoints;
  readonly #exchanges: Exchanges;
  #isClosed = false;

  constructor(options: CheckedOptions) {
    this.#options = options;
    this.#resource = new ProtectedResource(options.resource);
    this.#endpoints = new AgentEndpoints(options);
    this.#exchanges = new Exchanges(options.authenticate, options.onError);
  }

  async fetch(request: Request): Promise<Response> {
    const origin = request.headers.get("origin");
    const response = await this.#answer(request).catch((error: unknown) => this.#failure(error));
    const isAllowed = refuseOrigin(request, this.#options.allowedOrigins) === undefined;
    return origin !== null && isAllowed ? exposeTo(origin, response) : response;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#exchanges.endAll();
    await this.#endpoints.close();
  }

  async #answer(request: Request): Promise<Response> {
    const { allowedHosts, allowedOrigins, authenticate, maxRequests } = this.#options;
    if (this.#isClosed) return rejection(503, MESSAGES.closed);
    // No copy of such a request can be made.
    if (request.method === "TRACE") return rejection(405, "Method not allowed.", { allow: "POST" });
    const answer =
      refuseHost(request, allowedHosts) ??
      this.#resource.answer(request) ??
      refuseOrigin(request, allowedOrigins) ??
      preflightAnswer(request, METHODS);
    if (answer !== undefined) return answer;
    const identity = await authenticate(request);
    if (identity === undefined) return this.#resource.unauthorized(request);
    checkRights(identity);
    const acting = delegate(identity, request);
    if (acting === undefined)
      return rejection(403, `The agent must be "${identity.agent}", or below it.`);
    if (this.#isClosed) return rejection(503, MESSAGES.closed);
    if (this.#exchanges.countOf(identity).requests >= maxRequests)
      return rejection(429, "Too many requests are in progress.", { "retry-after": "1" });
    return this.#exchange(this.#exchanges.add(request, identity), acting);
  }

  async #exchange(exchange: Exchange, identity: Identity): Promise<Response> {
    let endpoint: AgentEndpoint | undefined;
    const release = (): void => {
      this.#exchanges.delete(exchange);
      if (endpoint !== undefined) this.#endpoints.release(endpoint);
    };
    let response: Response | undefined;
    try {
      const mesh = await this.#meshOf(identity.tenantId);
      if (mesh === undefined) return rejection(403, "The tenant is not known.");
      if (!(await permitsDelegation(mesh, exchange.identity, identity)))
        return rejection(
          403,
          `The agent "${identity.agent}" must have permissions, as "${exchange.identity.agent}" has.`,
        );
      if (exchange.endReason === undefined) {
        endpoint = this.#endpoints.acquire(mesh, identity);
        const serving = this.#serve(exchange, identity, endpoint);
        response = await Promise.race([serving, aborted(exchange.signal)]);
        if (response === undefined) serving.catch(() => undefined);
      }
      if (exchange.endReason !== undefined) {
        await response?.body?.cancel();
        response = undefined;
        return this.#ended(exchange);
      }
    } finally {
      if (!isStream(response)) release();
    }
    if (!isStream(response)) return response as Response;
    const { signal } = exchange;
    const finalEvent = (): string | undefined => {
      const { requestId, endReason } = exchange;
      if (requestId === undefined || endReason === undefined) return undefined;
      return endReason === "disconnected" ? undefined : endedEvent(requestId, MESSAGES[endReason]);
    };
    const stream = boundedStream({ source: response.body, signal, finalEvent, onEnd: release });
    return new Response(stream, response);
  }

  async #serve(exchange: Exchange, identity: Identity, endpoint: AgentEndpoint): Promise<Response> {
    const { request, signal } = exchange;
    const { url, method, headers } = request;
    const text = await readText(request, this.#options.maxBodyBytes);
    if (text === undefined)
      return rejection(413, "The request's body is too large.", { connection: "close" });
    const body = parse(text);
    const messages = messagesOf(body);
    const needed = messages.flatMap((message) => scopeFor(message, endpoint.effects) ?? []);
    const { scopes = SCOPES } = identity;
    if (!needed.every((scope) => scopes.includes(scope)))
      return this.#resource.insufficientScope([...new Set([...scopes, ...needed])]);
    const listen = messages.find((message) => message.method === "subscriptions/listen");
    if (listen !== undefined) {
      const { listens } = this.#exchanges.countOf(exchange.identity);
      if (listens >= this.#options.maxListens) return tooManyListens(listen.id ?? 0);
      exchange.isListen = true;
    } else if (messages.length === 1) exchange.requestId = messages[0]?.id;
    // A body that is not JSON is passed on unchanged: the SDK answers it.
    const raw = body === undefined && text !== "" ? text : null;
    const next = new Request(url, { method, headers, body: raw, signal });
    return exchange.isListen ? endpoint.listen(next, body, exchange) : endpoint.fetch(next, body);
  }

  async #meshOf(tenantId: string): Promise<ContextMesh<MeshSchema> | undefined> {
    const mesh = await this.#options.meshOf(tenantId);
    if (mesh === undefined || mesh.tenantId === tenantId) return mesh;
    const message = `\`mesh\` returned the mesh of "${mesh.tenantId}" for "${tenantId}".`;
    throw new SynthaError("MISCONFIGURED", message, {
      hint: "Return a mesh with the same `tenantId`, or undefined.",
      details: { path: "mesh" },
    });
  }

  #ended({ endReason, request }: Exchange): Response {
    if (endReason === "revoked") return this.#resource.unauthorized(request);
    if (endReason === "closed") return rejection(503, MESSAGES.closed);
    return new Response(null, { status: 499 });
  }

  #failure(error: unknown): Response {
    if (isSynthaError(error, "INVALID_TENANT")) return rejection(403, error.message);
    this.#options.onError(error as Error);
    if (isSynthaError(error, "UNAVAILABLE"))
      return rejection(503, error.message, { "retry-after": "1" });
    return rejection(500, "The server failed.");
  }
}

function isStream(
  response: Response | undefined,
): response is Response & { body: ReadableStream<Uint8Array> } {
  const type = response?.headers.get("content-type") ?? "";
  return response?.body !== null && type.startsWith("text/event-stream");
}

/** Resolves when a request ends before its answer, whatever it still waits for. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

/** Undefined for a body that is too large. */
async function readText(request: Request, maxBytes: number): Promise<string | undefined> {
  if (request.body === null) return "";
  const body = await readRequestBody(request, maxBytes);
  return body.tooLarge ? undefined : body.text;
}

/** Undefined for anything but JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
