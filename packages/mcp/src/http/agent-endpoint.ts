import { createMcpHandler, type McpHttpHandler } from "@modelcontextprotocol/server";
import type { ContextMesh, MeshSchema } from "@syntha/core";
import { type Effect, ToolHandler, type ToolName } from "@syntha/tools";
import { AgentServer } from "../agent/agent-server.ts";
import type { AgentServerOptions } from "../agent/options.ts";
import type { Identity } from "../identity/identity.ts";
import { scopeOf } from "../identity/scope.ts";

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

  /** @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE for a name that no agent can have */
  constructor(mesh: ContextMesh<MeshSchema>, identity: Identity, options: EndpointOptions) {
    const { agentOptions, maxBodyBytes, maxListens, onError } = options;
    const agent = mesh.agent(identity.agent);
    const { role, toolsets, scopes } = identity;
    const { approval: _, serverInfo: __, ...toolOptions } = agentOptions;
    const rights = {
      ...(role !== undefined && { role }),
      ...(toolsets !== undefined && { toolsets }),
    };
    const included = new ToolHandler(agent, { ...toolOptions, ...rights }).tools();
    const denied = included
      .filter(({ effect }) => scopes !== undefined && !scopes.includes(scopeOf(effect)))
      .map(({ name }) => name as ToolName);
    const deny = [...(agentOptions.deny ?? []), ...denied];
    const server = new AgentServer(agent, { ...agentOptions, ...rights, deny });
    this.mesh = mesh;
    this.effects = new Map(included.map(({ name, effect }) => [name, effect]));
    this.#handler = createMcpHandler((context) => server.create(context), {
      bus: server.bus,
      maxRequestBodySize: maxBodyBytes,
      maxSubscriptions: maxListens,
      onerror: onError,
    });
  }

  fetch(request: Request, parsedBody: unknown): Promise<Response> {
    return this.#handler.fetch(request, parsedBody === undefined ? {} : { parsedBody });
  }

  close(): Promise<void> {
    return this.#handler.close();
  }
}
