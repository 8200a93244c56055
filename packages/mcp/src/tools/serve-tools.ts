import type { Server } from "@modelcontextprotocol/server";
import type { AgentServer } from "../agent/agent-server.ts";
import { callTool } from "./call-tool.ts";
import { listTools } from "./list-tools.ts";

/** Adds the agent's tools to a server. */
export function serveTools(server: Server, { tools }: AgentServer): void {
  server.registerCapabilities({ tools: {} });
  server.setRequestHandler("tools/list", () => ({ tools: listTools(tools) }));
  server.setRequestHandler("tools/call", ({ params }, { mcpReq }) =>
    callTool(tools, params, mcpReq.signal),
  );
}
