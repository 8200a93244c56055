import { randomUUID } from "node:crypto";
import { createMcpHandler, type McpHttpHandler } from "@modelcontextprotocol/server";
import type { ContextMesh } from "@syntha/core";
import type { Toolset } from "@syntha/tools";
import { AgentServer } from "../../src/agent/agent-server.ts";
import { listen } from "./http-server.ts";

/** Who a bearer token stands for. */
export interface BoundAgent {
  readonly mesh: ContextMesh;
  readonly agent: string;
  readonly toolsets?: readonly Toolset[];
}

/** Agents of any number of meshes, served over HTTP on the loopback interface. */
export interface AgentsServer {
  readonly url: URL;
  /** One for each agent, in their order. */
  readonly tokens: readonly string[];
  /** The meshes stay open. */
  close(): Promise<void>;
}

/** Serves each agent to the clients that send its token. */
export async function serveAgents(agents: readonly BoundAgent[]): Promise<AgentsServer> {
  const handlers = new Map<string, McpHttpHandler>();
  for (const { mesh, agent, toolsets } of agents) {
    const agentServer = new AgentServer(mesh.agent(agent), { toolsets });
    const handler = createMcpHandler((context) => agentServer.create(context), {
      maxSubscriptions: 10_000,
    });
    handlers.set(randomUUID(), handler);
  }
  const server = await listen({
    fetch: async (request) => {
      const token = request.headers.get("authorization")?.replace(/^Bearer /u, "") ?? "";
      const handler = handlers.get(token);
      return handler === undefined
        ? new Response(null, { status: 401 })
        : await handler.fetch(request);
    },
  });
  return {
    url: server.url,
    tokens: [...handlers.keys()],
    close: async () => {
      await Promise.all([...handlers.values()].map((handler) => handler.close()));
      await server.close();
    },
  };
}
