import { ProtocolError, ProtocolErrorCode, type Server } from "@modelcontextprotocol/server";
import type { AgentServer } from "../agent/agent-server.ts";
import { withProtocolErrors } from "../agent/with-protocol-errors.ts";
import { completeArgument } from "./complete-argument.ts";

/** Adds completions of the arguments of prompts. */
export function serveCompletions(server: Server, { agent }: AgentServer): void {
  server.registerCapabilities({ completions: {} });
  server.setRequestHandler("completion/complete", async ({ params: { ref, argument } }) => {
    if (ref.type !== "ref/prompt")
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, "Only prompts have completions.");
    const { name, value } = argument;
    return { completion: await withProtocolErrors(completeArgument(agent, ref.name, name, value)) };
  });
}
