import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";

/** What the client of a request declared that it can do. */
export function clientCapabilities(server: Server, { mcpReq }: ServerContext): ClientCapabilities {
  // Since 2026-07-28 each request carries them; before, the connection did.
  const envelope: { readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } =
    mcpReq.envelope ?? {};
  return envelope[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities() ?? {};
}

/** Whether the client can show its user a form. */
export function canAskUser(server: Server, context: ServerContext): boolean {
  const { elicitation } = clientCapabilities(server, context);
  // Before there were modes, `{}` meant forms.
  return (
    elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)
  );
}
