import type {
  BetaRunnableTool,
  BetaToolRunContext,
} from "@anthropic-ai/sdk/lib/tools/BetaRunnableTool";
import { type CustomCall, type CustomTools, parseCustomArguments } from "@syntha/tools";

/** The parts of a `BetaRunnableTool` that are used, for any arguments. */
export interface RunnableTool {
  readonly name: string;
  parse(content: unknown): unknown;
  run(args: never, context?: BetaToolRunContext): RunResult | Promise<RunResult>;
}

type RunResult = Awaited<ReturnType<BetaRunnableTool<unknown>["run"]>>;

/**
 * Converts tools of the SDK's `betaZodTool` or `betaTool` for the option `customTools` of {@link answerMessage}. Arguments
 * are validated by each tool's schema; content blocks that a tool returns, such as images, are passed on unchanged.
 *
 * @example
 * const prices = betaZodTool({ name: "price_of", description, inputSchema, run: priceOf });
 * await answerMessage(handler, message, { customTools: customTools([prices]) });
 */
export function customTools(tools: readonly RunnableTool[]): CustomTools {
  return Object.fromEntries(tools.map((tool) => [tool.name, toFunction(tool)]));
}

/** Whether a result is the content blocks of an SDK tool. Any other list is a value that becomes JSON. */
export function isContent(result: unknown): result is Content {
  return typeof result === "object" && result !== null && contents.has(result);
}

type Content = Exclude<RunResult, string>;

const contents = new WeakSet<object>();

function toFunction(tool: RunnableTool) {
  return async (args: unknown, { id, name, signal }: CustomCall): Promise<unknown> => {
    const toolUse = { type: "tool_use" as const, id, name, input: args };
    const parsed = await parseCustomArguments(() => tool.parse(args));
    const content = await tool.run(parsed as never, {
      toolUse,
      toolUseBlock: toolUse,
      signal,
    });
    if (Array.isArray(content)) contents.add(content);
    return content;
  };
}
