import { AIMessage } from "@langchain/core/messages";
import { ToolMessage } from "@langchain/core/messages/tool";
import { SynthaError } from "@syntha/core";
import { refuseOptions } from "@syntha/core/storage";
import type { ToolCaller } from "@syntha/tools";
import { preserveInvalidToolCalls } from "./invalid-tool-calls.ts";
import { MeshTool } from "./mesh-tool.ts";

interface ModelRequest {
  readonly model: unknown;
  tools: object[];
}

interface ToolCallRequest {
  readonly toolCall: {
    readonly id?: string | undefined;
    readonly name: string;
    readonly args: unknown;
  };
  /** Undefined for an unknown tool. */
  readonly tool: unknown;
}

/**
 * Middleware for `createAgent`, last in the list. It answers calls that `createAgent` does not answer itself, with
 * INVALID_ARGUMENTS or UNKNOWN_TOOL and a hint, and offers each model call the tools that the handler allows at that moment,
 * with schemas for the model's vendor. The tools come from {@link langchainTools}.
 *
 * @example
 * createAgent({ model, tools: langchainTools(handler), middleware: [meshMiddleware(handler)] });
 */
export function meshMiddleware(handler: ToolCaller) {
  refuseOptions("meshMiddleware", arguments[1]);
  return {
    // LangChain accepts each name once. Handlers that share an agent have different prefixes.
    name: `SynthaMesh:${handler.agentName}:${handler.tools()[0]?.name ?? ""}`,

    async wrapModelCall<R extends ModelRequest, A>(
      request: R,
      next: (request: R) => A | Promise<A>,
    ): Promise<A> {
      const isMeshTool = (tool: object): tool is MeshTool =>
        tool instanceof MeshTool && tool.handler === handler;
      const allowed = request.tools.filter((tool) => !isMeshTool(tool) || handler.can(tool.name));
      const tools = isOpenAI(request.model)
        ? withStrictSchemas(allowed, handler, isMeshTool)
        : allowed;
      const answer = await next({ ...request, tools });
      return (
        AIMessage.isInstance(answer) ? preserveInvalidToolCalls(handler, answer) : answer
      ) as A;
    },

    async wrapToolCall<R extends ToolCallRequest, A>(
      request: R,
      next: (request: R) => A | Promise<A>,
    ): Promise<A | ToolMessage> {
      if (request.tool !== undefined) return next(request);
      const { id = "", name, args } = request.toolCall;
      const answer =
        handler.knows(name) && handler.can(name)
          ? handler.toFailure(name, unavailableAtCreation(name))
          : await handler.handleToolCall(name, args, { id });
      const content = JSON.stringify(answer);
      return new ToolMessage({ content, tool_call_id: id, name, status: "error" });
    },
  };
}

/** Models of `@langchain/openai`. The Responses API makes every optional argument required unless the schema is strict. */
function isOpenAI(model: unknown): boolean {
  const { _llmType } = (model ?? {}) as { _llmType?: unknown };
  return typeof _llmType === "function" && _llmType.call(model) === "openai";
}

/** In OpenAI's format, because `createAgent` refuses to replace a tool by another LangChain tool. */
function withStrictSchemas(
  tools: readonly object[],
  handler: ToolCaller,
  isMeshTool: (tool: object) => tool is MeshTool,
): object[] {
  const definitions = new Map(handler.tools().map((definition) => [definition.name, definition]));
  return tools.map((tool) => {
    const definition =
      isMeshTool(tool) && tool.choosesDialect ? definitions.get(tool.name) : undefined;
    if (definition === undefined) return tool;
    const { name, description, parameters } = definition;
    return { type: "function", function: { name, description, parameters } };
  });
}

/** A tool that was allowed later is not run: the agent has no approval configured for it. */
function unavailableAtCreation(name: string): SynthaError {
  const hint = "Continue without it.";
  return new SynthaError("TOOL_DENIED", `${name} was not available when this agent was created.`, {
    hint,
  });
}
