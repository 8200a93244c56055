import { checkFlag, checkOptions, knownOptions } from "@syntha/core/storage";
import { callsInOrder, type Effect, type ToolCaller } from "@syntha/tools";
import { dynamicTool, jsonSchema, type ToolSet } from "ai";
import { unwrapText } from "./broken-arguments.ts";

export interface AiToolsOptions {
  /** Tools with these effects need the AI SDK's approval before they run. Default: none. */
  readonly needsApproval?: readonly Effect[] | undefined;
  /**
   * Whether providers that have a strict mode, such as OpenAI, enforce the tools' schemas. Some others, such as Google,
   * refuse schemas in that form. The mesh's tools refuse wrong arguments either way.
   * @default false
   */
  readonly strict?: boolean | undefined;
}

const OPTIONS = knownOptions<AiToolsOptions>("aiTools", { needsApproval: true, strict: true });

/** The tools that the agent has now, by name, for `generateText`, `streamText` and `ToolLoopAgent`. */
export function aiTools(handler: ToolCaller, options: AiToolsOptions = {}): ToolSet {
  checkOptions(options, OPTIONS);
  checkFlag("strict", options.strict);
  const { needsApproval = [], strict = false } = options;
  const call = callsInOrder(handler);
  const definitions = handler.tools({ dialect: strict ? "strict" : "portable" });
  const tools = definitions.map(({ name, description, effect, parameters }) => {
    const tool = dynamicTool({
      description,
      inputSchema: jsonSchema(parameters as Parameters<typeof jsonSchema>[0], { validate }),
      // All calls of one message are given the same list: runs side by side don't wait for each other.
      execute: (input, { messages: run, toolCallId: id, abortSignal: signal }) =>
        call(name, unwrapText(input), { run, id, signal }),
      ...(needsApproval.includes(effect) && { needsApproval: true }),
    });
    // Always said: without it, OpenAI's Responses API makes every optional argument a required one.
    return [name, { ...tool, strict }] as const;
  });
  return Object.fromEntries(tools);
}

/** Wrong arguments go to the handler, which answers what is wrong and what to write instead. */
const validate = (value: unknown) => ({ success: true as const, value });
