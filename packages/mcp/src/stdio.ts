import type { Transport } from "@modelcontextprotocol/server";
import {
  serveStdio as serve,
  type StdioServerHandle,
  StdioServerTransport,
} from "@modelcontextprotocol/server/stdio";
import type { AgentContext, MeshSchema } from "@syntha/core";
import { knownOptions } from "@syntha/core/storage";
import { AgentServer } from "./agent/agent-server.ts";
import { ConnectionChanges } from "./changes/connection-changes.ts";
import { AGENT_SERVER, type AgentServerOptions, checkAgentOptions } from "./agent/options.ts";

export interface StdioOptions extends AgentServerOptions {
  /**
   * Where the client is. A transport of the SDK, such as one over a socket.
   * @default standard input and output of this process
   */
  transport?: Transport | undefined;
  /** Called with errors that no request can be answered with. @default none */
  onError?: ((error: Error) => void) | undefined;
}

const OPTIONS = knownOptions<StdioOptions>("serveStdio", {
  ...AGENT_SERVER,
  transport: true,
  onError: true,
});

/**
 * Serves an agent over this process's standard input and output, to the client that started the process. Nothing else may
 * write to standard output.
 *
 * @example
 * ```ts
 * serveStdio(mesh.agent("Claude"), { toolsets: ["context", "tasks"] });
 * ```
 * @returns a handle whose `close()` ends the connection; the mesh stays open
 * @throws INVALID_ARGUMENTS for unknown options
 */
export function serveStdio(
  agent: AgentContext<MeshSchema>,
  options: StdioOptions = {},
): StdioServerHandle {
  const { transport, onError, ...agentOptions } = options;
  checkAgentOptions(options, OPTIONS);
  const server = new AgentServer(agent, agentOptions, onError);
  const connection = transport ?? new StdioServerTransport();
  const changes = new ConnectionChanges(server.bus, connection, onError);
  return serve((context) => changes.attach(server.create(context), context), {
    transport: changes.transport,
    ...(onError !== undefined && { onerror: onError }),
  });
}
