import type { Server } from "@modelcontextprotocol/server";
import type { AgentServer } from "../agent/agent-server.ts";
import { DELEGATE_TASK } from "../tasks/delegate-task.ts";
import { callTool } from "./call-tool.ts";
import { listTools } from "./list-tools.ts";

/** Adds the agent's tools to a server. */
export function serveTools(server: Server, agentServer: AgentServer): void {
  server.registerCapabilities({ tools: {} });
  server.setRequestHandler("tools/list", () => ({
    tools: [...listTools(agentServer.tools), ...(agentServer.delegates ? [DELEGATE_TASK] : [])],
  }));
  server.setRequestHandler("tools/call", ({ params }, context) =>
    callTool(agentServer, params, server, context),
  );
}
