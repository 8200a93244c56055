import type { StructuredTool } from "@langchain/core/tools";
import { checkFlag, checkOptions, knownOptions } from "@syntha/core/storage";
import { type ToolCaller, KeyedQueue } from "@syntha/tools";
import { MeshTool } from "./mesh-tool.ts";

export interface LangchainToolsOptions {
  /**
   * Whether the tools' schemas are in the form that OpenAI's strict mode needs, for `bindTools(tools, { strict: true })`
   * and for OpenAI's Responses API. Other vendors, such as Google, refuse that form. By default OpenAI's models get it
   * where `meshMiddleware` sees them, and everything else the form that every vendor accepts.
   */
  readonly strict?: boolean | undefined;
}

const OPTIONS = knownOptions<LangchainToolsOptions>("langchainTools", { strict: true });

/**
 * The handler's tools for `createAgent`, `ToolNode` and `bindTools`. A result is the JSON text of the handler's answer; a
 * failure's message has status "error"; a tool's `metadata` has its effect. Calls of one run of a graph are answered one
 * after the other, in the order in which they are made.
 */
export function langchainTools(
  handler: ToolCaller,
  options: LangchainToolsOptions = {},
): StructuredTool[] {
  checkOptions(options, OPTIONS);
  const { strict } = options;
  checkFlag("strict", strict);
  const turns = new KeyedQueue();
  const dialect = strict ? "strict" : "portable";
  const choosesDialect = strict === undefined;
  return handler
    .tools({ dialect })
    .map((definition) => new MeshTool({ handler, definition, turns, choosesDialect }));
}
