import { type McpRequestContext, Server } from "@modelcontextprotocol/server";
import type { AgentContext, MeshSchema } from "@syntha/core";
import { ToolHandler } from "@syntha/tools";
import { serveTools } from "../tools/serve-tools.ts";
import { instructionsFor } from "./instructions.ts";
import type { AgentServerOptions } from "./options.ts";
import { VERSION } from "./version.ts";

/** Serves one agent of a mesh to the MCP clients that act as it. */
export class AgentServer {
  readonly agent: AgentContext;
  readonly tools: ToolHandler;
  readonly options: AgentServerOptions;

  constructor(agent: AgentContext<MeshSchema>, options: AgentServerOptions) {
    const { approval: _, serverInfo: __, ...toolOptions } = options;
    this.options = options;
    this.agent = agent as unknown as AgentContext;
    this.tools = new ToolHandler(agent, toolOptions);
  }

  /** A server of the SDK, for one connection over stdio, or for one request over HTTP. */
  create(_context: McpRequestContext): Server {
    const info = { name: "syntha", version: VERSION, ...this.options.serverInfo };
    const server = new Server(info, { instructions: instructionsFor(this.agent) });
    serveTools(server, this);
    return server;
  }
}
