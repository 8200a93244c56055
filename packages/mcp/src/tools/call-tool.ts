import type {
  CallToolResult,
  InputRequiredResult,
  Server,
  ServerContext,
} from "@modelcontextprotocol/server";
import { isSynthaError } from "@syntha/core";
import type { ToolAnswer } from "@syntha/tools";
import type { AgentServer } from "../agent/agent-server.ts";
import { withProgress } from "./progress.ts";
import { resourceLinks } from "./resource-links.ts";

/** A call of a tool, as a client sends it. */
export interface McpCall {
  readonly name: string;
  readonly arguments?: Record<string, unknown> | undefined;
}

/**
 * Calls a tool. A failure is a result with `isError`, which the model reads; never a protocol error. A call that destroys
 * something may first require the user's approval.
 *
 * @throws ProtocolError for an approval of another call
 */
export async function callTool(
  { tools, approvals, effects, progressMs, traceContext }: AgentServer,
  { name, arguments: args = {} }: McpCall,
  server: Server,
  context: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  const { mcpReq } = context;
  return traceContext(mcpReq._meta, async () => {
    let approved: Readonly<Record<string, unknown>> = args;
    if (effects.of(name) === "destroy") {
      try {
        const decision = await approvals.decide({ name, arguments: args }, server, context);
        if (!decision.run)
          return "question" in decision
            ? decision.question
            : toResult(tools.toFailure(name, decision.denied));
        approved = decision.arguments;
      } catch (error) {
        if (isSynthaError(error)) return toResult(tools.toFailure(name, error));
        throw error;
      }
    }
    const { signal, id } = mcpReq;
    return withProgress(context, progressMs, async () =>
      toResult(await tools.handleToolCall(name, approved, { id: String(id), signal })),
    );
  });
}

/**
 * The whole answer twice: structured for programs, and as the text that most clients show to their model. Values that are
 * too large for it are linked.
 */
export function toResult(answer: ToolAnswer): CallToolResult {
  const content: CallToolResult["content"] = [{ type: "text", text: JSON.stringify(answer) }];
  return answer.success
    ? {
        content: [...content, ...resourceLinks(answer)],
        structuredContent: answer as unknown as Record<string, unknown>,
      }
    : { content, isError: true };
}
