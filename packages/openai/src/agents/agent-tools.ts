import { type FunctionTool, tool } from "@openai/agents";
import { checkFlag, checkOptions, knownOptions } from "@syntha/core/storage";
import { callsInOrder, type Effect, type ParametersSchema, type ToolCaller } from "@syntha/tools";
import { dialectOf, type StrictOption } from "../strict-option.ts";

export interface AgentToolsOptions extends StrictOption {
  /** Tools with these effects need approval before they run. Default: none. */
  readonly needsApproval?: readonly Effect[] | undefined;
}

const OPTIONS = knownOptions<AgentToolsOptions>("agentTools", {
  needsApproval: true,
  strict: true,
});

/** The tools that the agent has now, for `tools` of an `Agent`. */
export function agentTools(
  handler: ToolCaller,
  options: AgentToolsOptions = {},
): FunctionTool<unknown, ParametersSchema, string>[] {
  checkOptions(options, OPTIONS);
  checkFlag("strict", options.strict);
  const { needsApproval = [], strict = true } = options;
  const call = callsInOrder(handler);
  return handler.tools({ dialect: dialectOf(strict) }).map((definition) => ({
    ...tool({
      name: definition.name,
      description: definition.description,
      // The SDK's types know one form only.
      parameters: definition.parameters as ParametersSchema,
      needsApproval: needsApproval.includes(definition.effect),
      execute: async (args, run, { toolCall, signal } = {}) =>
        JSON.stringify(await call(definition.name, args, { run, id: toolCall?.callId, signal })),
    }),
    strict,
  }));
}
