import { type FunctionTool, tool } from "@openai/agents";
import { checkFlag, checkOptions, knownOptions } from "@syntha/core/storage";
import { callsInOrder, type Effect, type ParametersSchema, type ToolCaller } from "@syntha/tools";
import { dialectOf, type StrictOption } from "./strict-mode.ts";

export interface AgentToolsOptions extends StrictOption {
  /**
   * Tools with these effects need approval before they run.
   * @default []
   */
  readonly needsApproval?: readonly Effect[] | undefined;
}

const OPTIONS = knownOptions<AgentToolsOptions>("agentTools", {
  needsApproval: true,
  strict: true,
});

/**
 * The currently available tools, for `tools` of an `Agent`.
 *
 * @example
 * new Agent({ name: "Triage", tools: agentTools(handler, { needsApproval: ["destroy"] }) });
 *
 * @throws INVALID_ARGUMENTS for an unknown option
 */
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
      // The SDK's types know only the strict form.
      parameters: definition.parameters as ParametersSchema,
      needsApproval: needsApproval.includes(definition.effect),
      execute: async (args, run, { toolCall, signal } = {}) =>
        JSON.stringify(await call(definition.name, args, { run, id: toolCall?.callId, signal })),
    }),
    strict,
  }));
}
