import { type GetPromptResult, type Prompt, type Server } from "@modelcontextprotocol/server";
import { SynthaError } from "@syntha/core";
import type { AgentServer } from "../agent/agent-server.ts";
import { withProtocolErrors } from "../agent/with-protocol-errors.ts";
import { catchUp } from "./catch-up.ts";
import { handOver } from "./hand-over.ts";
import { review } from "./review.ts";
import type { PromptArguments, ServedPrompt } from "./served-prompt.ts";

const PROMPTS: readonly ServedPrompt[] = [catchUp, handOver, review];

/** Adds prompts, which render what the agent sees as fenced data. */
export function servePrompts(server: Server, agentServer: AgentServer): void {
  server.registerCapabilities({ prompts: {} });
  server.setRequestHandler("prompts/list", () => ({
    prompts: PROMPTS.map(({ definition }) => definition),
  }));
  server.setRequestHandler("prompts/get", ({ params }, { mcpReq }) =>
    agentServer.traceContext(mcpReq._meta, () =>
      withProtocolErrors(getPrompt(agentServer, params.name, params.arguments ?? {})),
    ),
  );
}

/** @throws INVALID_ARGUMENTS for an unknown prompt and for wrong arguments */
async function getPrompt(
  server: AgentServer,
  name: string,
  args: PromptArguments,
): Promise<GetPromptResult> {
  const prompt = PROMPTS.find(({ definition }) => definition.name === name);
  if (prompt === undefined) throw unknownPrompt(name);
  checkArguments(prompt.definition, args);
  const { text, meta } = await prompt.render(server, args);
  return {
    description: prompt.definition.description,
    messages: [{ role: "user", content: { type: "text", text } }],
    ...(meta !== undefined && { _meta: { ...meta } }),
  };
}

/** @throws INVALID_ARGUMENTS for a misspelled argument, which would be ignored, and a missing one */
function checkArguments({ name, arguments: known = [] }: Prompt, args: PromptArguments): void {
  const names = known.map((argument) => argument.name);
  const unknown = Object.keys(args).find((argument) => !names.includes(argument));
  const missing = known.find((argument) => argument.required === true && !args[argument.name]);
  if (unknown === undefined && missing === undefined) return;
  const path = unknown ?? missing?.name ?? "";
  const message =
    unknown === undefined
      ? `The prompt ${name} needs the argument \`${path}\`.`
      : `The prompt ${name} has no argument ${JSON.stringify(unknown)}.`;
  throw new SynthaError("INVALID_ARGUMENTS", message, {
    hint: `Its arguments are ${names.join(", ")}.`,
    details: { path },
  });
}

function unknownPrompt(name: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", `There is no prompt ${JSON.stringify(name)}.`, {
    hint: `There are ${PROMPTS.map(({ definition }) => definition.name).join(", ")}.`,
    details: { path: "name" },
  });
}
