import type { Server } from "@modelcontextprotocol/server";
import type { AgentServer } from "../agent/agent-server.ts";
import { withProtocolErrors } from "../agent/with-protocol-errors.ts";
import { completeArgument } from "./complete-argument.ts";
import { completeVariable } from "./complete-variable.ts";

/** Adds completions of the arguments of prompts, and of the variables of resource templates. */
export function serveCompletions(server: Server, { agent }: AgentServer): void {
  server.registerCapabilities({ completions: {} });
  server.setRequestHandler("completion/complete", async ({ params: { ref, argument } }) => {
    const { name, value } = argument;
    const completion =
      ref.type === "ref/prompt"
        ? completeArgument(agent, ref.name, name, value)
        : completeVariable(agent, ref.uri, name, value);
    return { completion: await withProtocolErrors(completion) };
  });
}
