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
  /** Undefined if no tool has the name. */
  readonly tool: unknown;
}

/**
 * For `createAgent({ middleware })`, last in the list: answers what `createAgent` does not. A call whose arguments are not
 * JSON gets INVALID_ARGUMENTS and one of an unknown tool UNKNOWN_TOOL, with a hint; the model is offered the tools that the
 * handler allows at that moment, with schemas for its vendor.
 */
export function meshMiddleware(handler: ToolCaller) {
  refuseOptions("meshMiddleware", arguments[1]);
  return {
    // LangChain takes each name once; two handlers whose tools go together have different prefixes.
    name: `SynthaMesh:${handler.agentName}:${handler.tools()[0]?.name ?? ""}`,

    async wrapModelCall<R extends ModelRequest, A>(
      request: R,
      next: (request: R) => A | Promise<A>,
    ): Promise<A> {
      const isOurs = (tool: object): tool is MeshTool =>
        tool instanceof MeshTool && tool.handler === handler;
      const allowed = request.tools.filter((tool) => !isOurs(tool) || handler.can(tool.name));
      const tools = isOpenAI(request.model) ? withStrictSchemas(allowed, handler, isOurs) : allowed;
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
          ? handler.toFailure(name, notMade(name))
          : await handler.handleToolCall(name, args, { id });
      const content = JSON.stringify(answer);
      return new ToolMessage({ content, tool_call_id: id, name, status: "error" });
    },
  };
}

/** Models of `@langchain/openai`. A Responses request without a strict schema makes every optional argument required. */
function isOpenAI(model: unknown): boolean {
  const { _llmType } = (model ?? {}) as { _llmType?: unknown };
  return typeof _llmType === "function" && _llmType.call(model) === "openai";
}

/** As OpenAI takes a tool: `createAgent` refuses another tool of LangChain's in a tool's place. */
function withStrictSchemas(
  tools: readonly object[],
  handler: ToolCaller,
  isOurs: (tool: object) => tool is MeshTool,
): object[] {
  const definitions = new Map(handler.tools().map((definition) => [definition.name, definition]));
  return tools.map((tool) => {
    const definition = isOurs(tool) && tool.choosesDialect ? definitions.get(tool.name) : undefined;
    if (definition === undefined) return tool;
    const { name, description, parameters } = definition;
    return { type: "function", function: { name, description, parameters } };
  });
}

/** A tool that was allowed later has no approval configured in the agent, so it is not run. */
function notMade(name: string): SynthaError {
  const hint = "Continue without it.";
  return new SynthaError("TOOL_DENIED", `${name} was not available when this agent was created.`, {
    hint,
  });
}
