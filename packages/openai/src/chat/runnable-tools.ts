import { callsInOrder, type ToolCaller } from "@syntha/tools";
import type { AutoParseableTool } from "openai/lib/parser";
import type { RunnableToolFunctionWithoutParse } from "openai/lib/RunnableFunction";
import { dialectOf, isStrict, type StrictOption } from "../strict-option.ts";

/** The SDK's types accept a list of runnable tools or of `zodFunction`s: the mesh's tools fit into both. */
export type RunnableMeshTool = RunnableToolFunctionWithoutParse &
  AutoParseableTool<
    { name: string; arguments: string; function: (args: string) => Promise<string> },
    true
  >;

/**
 * The tools that the agent has now, for `tools` of `client.chat.completions.runTools`, streamed or not. Add your own to the
 * list. With `strict`, the SDK itself ends the run when a model writes invalid JSON.
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
