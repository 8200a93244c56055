import type { StructuredTool } from "@langchain/core/tools";
import { checkFlag, checkOptions, KeyedQueue, knownOptions } from "@syntha/core/storage";
import type { ToolCaller } from "@syntha/tools";
import { MeshTool } from "./mesh-tool.ts";

export interface LangchainToolsOptions {
  /**
   * Whether the tools' schemas have the form that OpenAI's strict mode requires, for `bindTools(tools, { strict: true })`
   * and for OpenAI's Responses API. Other vendors, such as Google, refuse that form.
   * @default the strict form for OpenAI's models under {@link meshMiddleware}, the portable form otherwise
   */
  readonly strict?: boolean | undefined;
}

const OPTIONS = knownOptions<LangchainToolsOptions>("langchainTools", { strict: true });

/**
 * The currently available tools, for `createAgent`, `ToolNode` and `bindTools`. A result is the JSON text of the handler's
 * answer; the message of a failure has status "error"; `metadata.effect` is a tool's effect. Calls of one run of a graph
 * run sequentially, in the order in which they start.
 *
 * @example
 * const agent = createAgent({
 *   model,
 *   tools: langchainTools(handler),
 *   middleware: [meshMiddleware(handler)],
 * });
 *
 * @throws INVALID_ARGUMENTS for an unknown option
 */
export function langchainTools(
  handler: ToolCaller,
  options: LangchainToolsOptions = {},
): StructuredTool[] {
  checkOptions(options, OPTIONS);
  const { strict } = options;
  checkFlag("strict", strict);
  const queue = new KeyedQueue<object | undefined>();
  const dialect = strict ? "strict" : "portable";
  const choosesDialect = strict === undefined;
  return handler
    .tools({ dialect })
    .map((definition) => new MeshTool({ handler, definition, queue, choosesDialect }));
}
