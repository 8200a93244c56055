import type { McpRequestContext, Server } from "@modelcontextprotocol/server";
import type { AgentServer } from "../agent/agent-server.ts";
import { withProtocolErrors } from "../agent/with-protocol-errors.ts";
import { listResources } from "./list-resources.ts";
import { readResource } from "./read-resource.ts";
import { listTemplates } from "./templates.ts";

/**
 * Adds what the agent sees as resources. Clients of the current protocol listen to changes, which come from
 * {@link AgentServer.bus}; those of the older one subscribe, where the connection lasts: over stdio.
 */
export function serveResources(
  server: Server,
  { agent }: AgentServer,
  { era }: McpRequestContext,
): void {
  const isModern = era === "modern";
  server.registerCapabilities({
    resources: isModern ? { subscribe: true, listChanged: true } : {},
  });
  server.setRequestHandler("resources/list", ({ params }) =>
    withProtocolErrors(listResources(agent, params?.cursor)),
  );
  server.setRequestHandler("resources/templates/list", ({ params }) =>
    listTemplates(params?.cursor),
  );
  server.setRequestHandler("resources/read", ({ params }) =>
    withProtocolErrors(readResource(agent, params.uri)),
  );
}
