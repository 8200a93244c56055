import type {
  BetaRunnableTool,
  BetaToolRunContext,
} from "@anthropic-ai/sdk/lib/tools/BetaRunnableTool";
import { type CustomCall, type CustomTools, parseCustomArguments } from "@syntha/tools";

/** The parts of a `BetaRunnableTool` that are used, with any arguments. */
export interface RunnableTool {
  readonly name: string;
  parse(content: unknown): unknown;
  run(args: never, context?: BetaToolRunContext): Given | Promise<Given>;
}

type Given = Awaited<ReturnType<BetaRunnableTool<unknown>["run"]>>;

/**
 * Tools created by the SDK's `betaZodTool` or `betaTool`, for `own` of `answerMessage`. Each validates its arguments by its
 * schema; content blocks that it returns, including images, are passed on unchanged.
 */
export function customTools(tools: readonly RunnableTool[]): CustomTools {
  return Object.fromEntries(tools.map((tool) => [tool.name, toFunction(tool)]));
}

/** Whether content blocks came from a tool of the SDK; any other list is a value that becomes JSON. */
export function isContent(result: unknown): result is Content {
  return typeof result === "object" && result !== null && contents.has(result);
}

type Content = Exclude<Given, string>;

const contents = new WeakSet<object>();

function toFunction(tool: RunnableTool) {
  return async (args: unknown, { id, name, signal }: CustomCall): Promise<unknown> => {
    const toolUse = { type: "tool_use" as const, id, name, input: args };
    const read = await parseCustomArguments(() => tool.parse(args));
    const content = await tool.run(read as never, {
      toolUse,
      toolUseBlock: toolUse,
      signal,
    });
    if (Array.isArray(content)) contents.add(content);
    return content;
  };
}
