import type { CallToolResult, Tool } from "@modelcontextprotocol/server";
import type { AgentContext, Duration } from "@syntha/core";
import type { DelegatedTask } from "./delegated-task.ts";
import { readDelegation } from "./delegation.ts";
import { newTaskKey } from "./task-key.ts";
import { readTask, type TaskSnapshot } from "./task-snapshot.ts";

/** How long a task exists without a time to live of the agent's tools. */
const DEFAULT_TTL = "7d";

/** The tool that delegates work to other agents. */
export const DELEGATE_TASK = {
  name: "delegate_task",
  description:
    "Delegate a task to an agent, or to the first that claims it from topics. Returns at once; the result comes later.",
  inputSchema: {
    type: "object",
    properties: {
      agent: { type: "string", description: "name of the agent; or pass topics" },
      topics: { type: "array", items: { type: "string" } },
      message: { type: "string", description: "what to do, with all that is needed for it" },
      priority: { type: "integer", minimum: -10, maximum: 10, description: "default 0" },
    },
    required: ["message"],
    additionalProperties: false,
  },
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: false,
  },
} as const satisfies Tool;

/** A task that was pushed, and who may not get it. */
export interface Delegated {
  readonly task: TaskSnapshot;
  readonly warning: string | undefined;
}

/** Pushes a task. @throws INVALID_ARGUMENTS; what a push throws */
export async function delegateTask(
  agent: AgentContext,
  args: Readonly<Record<string, unknown>>,
  ttl: Duration | undefined,
): Promise<Delegated> {
  const { agent: name, topics, message, priority } = readDelegation(agent, args);
  const key = newTaskKey(agent);
  const value: DelegatedTask = { message };
  const pushed = await agent.push(key, value, {
    ...(name !== undefined && { subscribers: [name] }),
    ...(topics !== undefined && { topics }),
    ...(priority !== undefined && { priority }),
    ttl: ttl ?? DEFAULT_TTL,
    ifRevision: 0,
  });
  const [unknown] = pushed.unknownSubscribers;
  const [empty] = pushed.topicsWithoutSubscribers;
  const warning =
    unknown !== undefined
      ? `No agent ${JSON.stringify(unknown.name)} is known yet.`
      : empty !== undefined
        ? `The topic ${JSON.stringify(empty)} has no subscribers yet.`
        : undefined;
  return { task: (await readTask(agent, key)) as TaskSnapshot, warning };
}

/** The handle of a task, for a client with the Tasks extension. */
export function toTaskResult({ task, warning }: Delegated): CallToolResult {
  const { taskId, status, createdAt, lastUpdatedAt, ttlMs, pollIntervalMs, statusMessage } = task;
  const message = warning ?? statusMessage;
  return {
    resultType: "task",
    taskId,
    status,
    ...(message !== undefined && { statusMessage: message }),
    createdAt,
    lastUpdatedAt,
    ttlMs,
    pollIntervalMs,
    // The SDK's type requires it.
    content: [],
  };
}

/**
 * The key of a task, for a client without the Tasks extension.
 * @param can Whether the agent may call a tool.
 */
export function toKeyResult(
  { task, warning }: Delegated,
  can: (tool: string) => boolean,
): CallToolResult {
  const { taskId } = task;
  const ways = [
    ...(can("wait_for_changes") ? ["wait for it with wait_for_changes"] : []),
    ...(can("get_context") ? ["read it later with get_context"] : []),
  ].join(", or ");
  const hint = `Its result replaces the value of this key${ways === "" ? "" : `: ${ways}`}.`;
  const structuredContent = {
    success: true,
    task: taskId,
    hint: warning === undefined ? hint : `${warning} ${hint}`,
  };
  return {
    content: [{ type: "text", text: JSON.stringify(structuredContent) }],
    structuredContent,
  };
}
