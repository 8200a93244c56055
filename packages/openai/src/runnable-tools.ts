import { callsInOrder, type ToolCaller } from "@syntha/tools";
import type { AutoParseableTool } from "openai/lib/parser";
import type { RunnableToolFunctionWithoutParse } from "openai/lib/RunnableFunction";
import { dialectOf, isStrict, type StrictOption } from "./strict-mode.ts";

/** Fits into both lists that the SDK's types accept: of runnable tools, and of `zodFunction`s. */
export type RunnableMeshTool = RunnableToolFunctionWithoutParse &
  AutoParseableTool<
    { name: string; arguments: string; function: (args: string) => Promise<string> },
    true
  >;

/**
 * The currently available tools, for `tools` of `client.chat.completions.runTools`, streamed or not. Add your own to the
 * list. With `strict`, the SDK ends the run if a model writes invalid JSON.
 *
 * @example
 * const runner = client.chat.completions.runTools({ model, messages, tools: runnableTools(handler) });
 * console.log(await runner.finalContent());
 *
 * @throws INVALID_ARGUMENTS for an unknown option
 */
export function runnableTools(handler: ToolCaller, options: StrictOption = {}): RunnableMeshTool[] {
  const strict = isStrict("runnableTools", options);
  const call = callsInOrder(handler);
  const tools = handler
    .tools({ dialect: dialectOf(strict) })
    .map(({ name, description, parameters }): RunnableToolFunctionWithoutParse => ({
      type: "function",
      function: {
        name,
        description,
        parameters,
        strict,
        function: async (args, run) =>
          JSON.stringify(await call(name, args, { run, signal: run.controller.signal })),
      },
    }));
  return tools as RunnableMeshTool[];
}
