import { randomUUID } from "node:crypto";
import type { ContextMesh } from "@syntha/core";
import type { Toolset } from "@syntha/tools";
import { mcpHandler } from "../../src/http/mcp-handler.ts";
import type { Identity } from "../../src/identity/identity.ts";
import { listen } from "../../src/node.ts";

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
  const meshes = new Map(agents.map(({ mesh }) => [mesh.tenantId, mesh]));
  const revoked = new AbortController();
  const identities = new Map<string, Identity>(
    agents.map(({ mesh: { tenantId }, agent, toolsets }) => [
      randomUUID(),
      { tenantId, agent, toolsets, signal: revoked.signal },
    ]),
  );
  const handler = mcpHandler({
    mesh: (tenantId) => meshes.get(tenantId),
    authenticate: ({ headers }) =>
      identities.get(headers.get("authorization")?.replace(/^Bearer /u, "") ?? ""),
    maxListens: 10_000,
    maxRequests: 10_000,
  });
  const server = await listen(handler, { host: "127.0.0.1", port: 0 });
  return { url: new URL(server.url), tokens: [...identities.keys()], close: server.close };
}
