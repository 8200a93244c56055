import type {
  CallToolResult,
  InputRequiredResult,
  Server,
  ServerContext,
} from "@modelcontextprotocol/server";
import { isSynthaError } from "@syntha/core";
import { nearest } from "@syntha/core/storage";
import type { ToolAnswer } from "@syntha/tools";
import type { AgentServer } from "../agent/agent-server.ts";
import { DELEGATE_TASK, delegateTask, toKeyResult, toTaskResult } from "../tasks/delegate-task.ts";
import { canFollowTasks } from "../tasks/tasks-extension.ts";
import { withProgress } from "./progress.ts";
import { resourceLinks } from "./resource-links.ts";

/** A call of a tool, as a client sends it. */
export interface McpCall {
  readonly name: string;
  readonly arguments?: Record<string, unknown> | undefined;
}

/**
 * Calls a tool. A failure is a result with `isError`, which the model reads; never a protocol error. A call that destroys
 * something may first require the user's approval; one that delegates may return a task.
 *
 * @throws ProtocolError for an approval of another call
 */
export function callTool(
  agentServer: AgentServer,
  { name, arguments: args = {} }: McpCall,
  server: Server,
  context: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  const { tools, delegates, traceContext } = agentServer;
  return traceContext(context.mcpReq._meta, async () => {
    try {
      if (delegates && name === DELEGATE_TASK.name)
        return await delegate(agentServer, args, server, context);
      if (agentServer.effectOf(name) !== "destroy")
        return await run(agentServer, name, args, context);
      const call = { name, arguments: args };
      const decision = await agentServer.approvals.decide(call, server, context);
      if (decision.run) return await run(agentServer, name, decision.arguments, context);
      if ("question" in decision) return decision.question;
      return toResult(tools.toFailure(name, decision.denied));
    } catch (error) {
      if (isSynthaError(error)) return toResult(tools.toFailure(name, error));
      throw error;
    }
  });
}

function run(
  agentServer: AgentServer,
  name: string,
  args: Readonly<Record<string, unknown>>,
  context: ServerContext,
): Promise<CallToolResult> {
  const { tools, progressMs } = agentServer;
  const { id, signal } = context.mcpReq;
  return withProgress(context, progressMs, async () => {
    const answer = await tools.handleToolCall(name, args, { id: String(id), signal });
    return toResult(withOwnTool(agentServer, name, answer));
  });
}

/** The answer; a hint that lists the agent's tools also has the one that only this server knows. */
function withOwnTool(
  { tools, delegates }: AgentServer,
  name: string,
  answer: ToolAnswer,
): ToolAnswer {
  if (answer.success || !delegates) return answer;
  const known = tools.availableTools();
  if (!answer.hint.endsWith(listOf(known))) return answer;
  const available = [...known, DELEGATE_TASK.name];
  const near = answer.code === "UNKNOWN_TOOL" ? nearest(name, available) : [];
  const guess = near.length > 0 ? `Did you mean ${near.join(" or ")}? ` : "";
  return { ...answer, hint: guess + listOf(available) };
}

function listOf(tools: readonly string[]): string {
  return `Available: ${tools.join(", ")}.`;
}

async function delegate(
  { agent, options, tools }: AgentServer,
  args: Readonly<Record<string, unknown>>,
  server: Server,
  context: ServerContext,
): Promise<CallToolResult> {
  const delegated = await delegateTask(agent, args, options.defaultTtl);
  return canFollowTasks(server, context)
    ? toTaskResult(delegated)
    : toKeyResult(delegated, (tool) => tools.can(tool));
}

/**
 * The whole answer twice: structured for programs, and as the text that most clients show to their model. Values that are
 * too large for it are linked.
 */
function toResult(answer: ToolAnswer): CallToolResult {
  const content: CallToolResult["content"] = [{ type: "text", text: JSON.stringify(answer) }];
  return answer.success
    ? {
        content: [...content, ...resourceLinks(answer)],
        structuredContent: answer as unknown as Record<string, unknown>,
      }
    : { content, isError: true };
}
