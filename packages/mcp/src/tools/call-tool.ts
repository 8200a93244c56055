import type { CallToolResult } from "@modelcontextprotocol/server";
import type { ToolAnswer, ToolHandler } from "@syntha/tools";

/** A call of a tool, as a client sends it. */
export interface McpCall {
  readonly name: string;
  readonly arguments?: Record<string, unknown> | undefined;
}

/** Calls a tool. A failure is a result with `isError`, which the model reads; never a protocol error. */
export async function callTool(
  handler: ToolHandler,
  call: McpCall,
  signal: AbortSignal,
): Promise<CallToolResult> {
  return toResult(
    await handler.handleToolCall(call.name as string, call.arguments ?? {}, { signal }),
  );
}

/**
 * The whole answer twice: structured for programs, and as the text that most clients show to their model.
 */
export function toResult(answer: ToolAnswer): CallToolResult {
  const content: CallToolResult["content"] = [{ type: "text", text: JSON.stringify(answer) }];
  return answer.success
    ? { content, structuredContent: answer as unknown as Record<string, unknown> }
    : { content, isError: true };
}
