import { checkOptions, knownOptions } from "@syntha/core/storage";
import { callsInOrder, type Effect, type ToolCaller } from "@syntha/tools";
import { dynamicTool, jsonSchema, type ToolSet } from "ai";
import { unwrapText } from "./broken-arguments.ts";

export interface AiToolsOptions {
  /** Tools with these effects wait for somebody's approval, as the AI SDK has it. Default none. */
  readonly needsApproval?: readonly Effect[] | undefined;
}

const OPTIONS = knownOptions<AiToolsOptions>("aiTools", { needsApproval: true });

/** Tools for `generateText`, `streamText` and `ToolLoopAgent`: those that the agent has now, by name. */
export function aiTools(handler: ToolCaller, options: AiToolsOptions = {}): ToolSet {
  checkOptions(options, OPTIONS);
  const { needsApproval = [] } = options;
  const call = callsInOrder(handler);
  const tools = handler.tools().map(({ name, description, effect, parameters }) => {
    const tool = dynamicTool({
      description,
      inputSchema: jsonSchema(parameters as Parameters<typeof jsonSchema>[0], { validate }),
      // All calls of one message are given the same list: runs side by side don't wait for each other.
      execute: (input, { messages: run, toolCallId: id, abortSignal: signal }) =>
        call(name, unwrapText(input), { run, id, signal }),
      ...(needsApproval.includes(effect) && { needsApproval: true }),
    });
    return [name, tool] as const;
  });
  return Object.fromEntries(tools);
}

/** Wrong arguments go to the handler, which tells the model what is wrong and what to write instead. */
const validate = (value: unknown) => ({ success: true as const, value });
