import { checkFlag, checkOptions, knownOptions } from "@syntha/core/storage";
import { callsInOrder, type Effect, type ToolCaller } from "@syntha/tools";
import { dynamicTool, jsonSchema, type ToolSet } from "ai";
import { originalInput } from "./repair-tool-call.ts";

export interface AiToolsOptions {
  /**
   * Tools with these effects need the AI SDK's approval before they run.
   * @default []
   */
  readonly needsApproval?: readonly Effect[] | undefined;
  /**
   * Whether providers with a strict mode, such as OpenAI, enforce the tools' schemas. Others, such as Google, refuse schemas
   * in that form. Invalid arguments are refused either way.
   * @default false
   */
  readonly strict?: boolean | undefined;
}

const OPTIONS = knownOptions<AiToolsOptions>("aiTools", { needsApproval: true, strict: true });

/**
 * The currently available tools by name, for `generateText`, `streamText` and `ToolLoopAgent`. Spread your own into the same
 * object, and pass {@link repairToolCall} too.
 *
 * @example
 * const tools = { ...aiTools(handler, { needsApproval: ["destroy"] }), weather };
 * const { text } = await generateText({ model, prompt, tools, stopWhen: stepCountIs(20) });
 *
 * @throws INVALID_ARGUMENTS for an unknown option
 */
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
      // `messages` identifies a run: all calls of one message share it, and concurrent runs do not.
      execute: (input, { messages: run, toolCallId: id, abortSignal: signal }) =>
        call(name, originalInput(input), { run, id, signal }),
      ...(needsApproval.includes(effect) && { needsApproval: true }),
    });
    // Always set: without it, OpenAI's Responses API makes every optional argument required.
    return [name, { ...tool, strict }] as const;
  });
  return Object.fromEntries(tools);
}

/** Accepts everything: the handler answers invalid arguments with a hint. */
const validate = (value: unknown) => ({ success: true as const, value });
