import { createMcpHandler, type McpHttpHandler, ProtocolError } from "@modelcontextprotocol/server";
import { type ContextMesh, type MeshSchema, SynthaError } from "@syntha/core";
import type { Effect, ToolName } from "@syntha/tools";
import { AgentServer } from "../agent/agent-server.ts";
import type { AgentServerOptions } from "../agent/options.ts";
import { listenedUris } from "../changes/listen-filter.ts";
import type { Identity } from "../identity/identity.ts";
import { scopeOf } from "../identity/scope.ts";
import type { Exchange } from "./exchange.ts";

export interface EndpointOptions {
  readonly agentOptions: AgentServerOptions;
  readonly maxBodyBytes: number;
  readonly maxListens: number;
  readonly onError: (error: Error) => void;
}

/** One agent's server over HTTP, with the rights of one identity. */
export class AgentEndpoint {
  readonly mesh: ContextMesh<MeshSchema>;
  /** Of the tools that the role includes, with those whose scope is missing. */
  readonly effects: ReadonlyMap<string, Effect>;
  /** Requests in progress. */
  open = 0;
  usedAt = 0;
  readonly #handler: McpHttpHandler;
  readonly #server: AgentServer;
  #isClosed = false;

  /**
   * @param onClosed called when the mesh is closed, after which no listen receives anything
   * @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE for a name that no agent can have
   */
  constructor(
    mesh: ContextMesh<MeshSchema>,
    identity: Identity,
    options: EndpointOptions,
    onClosed: (endpoint: AgentEndpoint) => void,
  ) {
    const { agentOptions, maxBodyBytes, maxListens, onError } = options;
    const { agent, role, toolsets, scopes } = identity;
    const server = new AgentServer(
      mesh.agent(agent),
      {
        ...agentOptions,
        ...(role !== undefined && { role }),
        ...(toolsets !== undefined && { toolsets }),
      },
      onError,
    );
    const { tools } = server;
    this.#server = server;
    server.bus.onEnd = () => onClosed(this);
    this.mesh = mesh;
    this.effects = new Map(tools.tools().map(({ name, effect }) => [name, effect]));
    for (const [name, effect] of this.effects)
      if (scopes !== undefined && !scopes.includes(scopeOf(effect)))
        tools.deny.add(name as ToolName);
    this.#handler = createMcpHandler((context) => server.create(context), {
      bus: server.bus,
      maxRequestBodySize: maxBodyBytes,
      maxSubscriptions: maxListens,
      onerror: (error) => {
        if (!isClientFault(error)) onError(error);
      },
    });
  }

  /** @throws UNAVAILABLE once the endpoint is closed */
  async fetch(request: Request, parsedBody: unknown): Promise<Response> {
    if (this.#isClosed)
      throw new SynthaError("UNAVAILABLE", "The mesh was closed.", {
        hint: "Send the request again once it is open.",
      });
    return this.#handler.fetch(request, parsedBody === undefined ? {} : { parsedBody });
  }

  /** Answers a `subscriptions/listen`, whose stream subscribes to the server's bus until the exchange is over. */
  async listen(request: Request, parsedBody: unknown, exchange: Exchange): Promise<Response> {
    const { bus } = this.#server;
    const { params } = Object(parsedBody) as Record<string, unknown>;
    exchange.defer(bus.spellings.add(listenedUris(params) ?? []));
    const release = await bus.start();
    try {
      return await this.fetch(request, parsedBody);
    } finally {
      release();
    }
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#handler.close();
  }
}

/** The SDK also reports requests that it answers with 400 to 415. */
function isClientFault(error: Error): boolean {
  return error instanceof ProtocolError || REFUSED.test(error.message);
}

const REFUSED = /^(Rejected inbound request|Unsupported Media Type|Not Acceptable|Parse error)/;
