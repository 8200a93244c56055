import type {
  BetaRunnableTool,
  BetaToolRunContext,
} from "@anthropic-ai/sdk/lib/tools/BetaRunnableTool";
import { type OwnCall, type OwnTools, readOwn } from "@syntha/tools";

/** What of a `BetaRunnableTool` is used, whatever its arguments are. */
export interface RunnableTool {
  readonly name: string;
  parse(content: unknown): unknown;
  run(args: never, context?: BetaToolRunContext): Given | Promise<Given>;
}

type Given = Awaited<ReturnType<BetaRunnableTool<unknown>["run"]>>;

/**
 * Tools made by the SDK's `betaZodTool` or `betaTool`, to be called by `answerMessage`. Each checks its arguments by its
 * own schema; blocks of content that one gives, images too, are handed on as they are.
 */
export function ownTools(tools: readonly RunnableTool[]): OwnTools {
  return Object.fromEntries(tools.map((tool) => [tool.name, toFunction(tool)]));
}

/** Whether blocks of content came from a tool of the SDK's; any other list is a value to be told as JSON. */
export function isContent(result: unknown): result is Content {
  return typeof result === "object" && result !== null && contents.has(result);
}

type Content = Exclude<Given, string>;

const contents = new WeakSet<object>();

function toFunction(tool: RunnableTool) {
  return async (args: unknown, { id, name, signal }: OwnCall): Promise<unknown> => {
    const toolUse = { type: "tool_use" as const, id, name, input: args };
    const read = await readOwn(() => tool.parse(args));
    const content = await tool.run(read as never, {
      toolUse,
      toolUseBlock: toolUse,
      signal,
    });
    if (Array.isArray(content)) contents.add(content);
    return content;
  };
}
