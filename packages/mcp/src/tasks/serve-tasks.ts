import {
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  type Result,
  type Server,
} from "@modelcontextprotocol/server";
import { type AgentContext, isSynthaError, SynthaError } from "@syntha/core";
import type { AgentServer } from "../agent/agent-server.ts";
import { withProtocolErrors } from "../agent/with-protocol-errors.ts";
import { withAnswer } from "./delegated-task.ts";
import { questionOf } from "./question.ts";
import { TASK_PARAMS } from "./task-params.ts";
import { isTaskOf, readTask, type TaskSnapshot } from "./task-snapshot.ts";
import { TASKS_EXTENSION } from "./tasks-extension.ts";

/** Adds the Tasks extension: the state of delegated tasks, answers to questions about them, and their withdrawal. */
export function serveTasks(server: Server, { agent, traceContext }: AgentServer): void {
  server.registerCapabilities({ extensions: { [TASKS_EXTENSION]: {} } });
  const methods = { "tasks/get": get, "tasks/update": update, "tasks/cancel": cancel };
  for (const [method, answer] of Object.entries(methods))
    server.setRequestHandler(method, { params: TASK_PARAMS }, ({ taskId }, { mcpReq }) =>
      traceContext(mcpReq._meta, () =>
        withProtocolErrors(answer(agent, taskId, mcpReq.inputResponses ?? {})),
      ),
    );
}

async function get(agent: AgentContext, taskId: string): Promise<Result> {
  return { ...(await requireTask(agent, taskId)) };
}

/**
 * Answers to questions that are no longer open are ignored.
 *
 * @param responses by the ids of the questions; the SDK takes them out of the parameters
 */
async function update(
  agent: AgentContext,
  taskId: string,
  responses: Record<string, unknown>,
): Promise<Result> {
  await requireTask(agent, taskId);
  const item = await agent.getItem(taskId);
  const question = item && isTaskOf(agent, item) ? questionOf(item) : undefined;
  if (item === undefined || question === undefined) return {};
  const answer = answerOf(responses, question.id);
  if (answer === undefined) return {};
  const value = withAnswer(item.value, { question: question.text, answer });
  const { revision: ifRevision, priority } = item;
  try {
    // The item is open again, and its route stays.
    await agent.push(taskId, value, { ifRevision, priority, ttl: "keep" });
  } catch (error) {
    // It was completed, or answered by another client, meanwhile.
    if (!isSynthaError(error, "CONFLICT") && !isSynthaError(error, "ROUTE_REQUIRED")) throw error;
  }
  return {};
}

/** Null if it was declined; undefined without a response. @throws INVALID_ARGUMENTS */
function answerOf(responses: Record<string, unknown>, id: string): string | null | undefined {
  const response = inputResponse(responses, id);
  if (response.kind !== "elicit") return undefined;
  if (response.action !== "accept") return null;
  const answer = response.content?.["answer"];
  if (typeof answer === "string") return answer;
  throw new SynthaError("INVALID_ARGUMENTS", "The answer must be text.", {
    hint: 'Accept with the content { "answer": "…" }, or decline.',
    details: { path: "answer" },
  });
}

/** Withdraws the item, and with it the lease of the agent that works on it. A task that has ended stays as it is. */
async function cancel(agent: AgentContext, taskId: string): Promise<Result> {
  for (;;) {
    const { status } = await requireTask(agent, taskId);
    if (status !== "working" && status !== "input_required") return {};
    const item = await agent.getItem(taskId);
    if (item === undefined || item.state === "done" || item.state === "failed") return {};
    try {
      await agent.delete(taskId, { ifRevision: item.revision });
      return {};
    } catch (error) {
      if (isSynthaError(error, "NOT_OWNER")) return {};
      // It was written meanwhile, such as by its completion.
      if (!isSynthaError(error, "CONFLICT")) throw error;
    }
  }
}

async function requireTask(agent: AgentContext, taskId: string): Promise<TaskSnapshot> {
  const task = await readTask(agent, taskId);
  if (task !== undefined) return task;
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, "Task not found.", {
    code: "NOT_FOUND",
    hint: "An agent can read the tasks that it delegated.",
  });
}
