import type { CallToolResult, Tool } from "@modelcontextprotocol/server";
import { type AgentContext, type Duration, type JsonValue, SynthaError } from "@syntha/core";
import type { DelegatedTask } from "./delegated-task.ts";
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

interface Delegation {
  readonly agent: string | undefined;
  readonly topics: readonly string[] | undefined;
  readonly message: JsonValue;
  readonly priority: number | undefined;
}

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
  const { agent: name, topics, message, priority } = toDelegation(agent, args);
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

/** The key of a task, for a client without the Tasks extension. */
export function toKeyResult({ task, warning }: Delegated): CallToolResult {
  const { taskId } = task;
  const hint = `Its result replaces the value of this key. Wait for it with wait_for_changes, or read it later with get_context.`;
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

/** `null`, `""` and `[]` mean "not given". */
function toDelegation(self: AgentContext, args: Readonly<Record<string, unknown>>): Delegation {
  for (const name of Object.keys(args))
    if (!Object.hasOwn(DELEGATE_TASK.inputSchema.properties, name))
      throw invalid(name, `Unknown argument ${JSON.stringify(name.slice(0, 60))}.`);
  const { message } = args;
  const agent = given(args["agent"]);
  const topics = given(args["topics"]);
  const priority = given(args["priority"]);
  if (given(message) === undefined) throw invalid("message", "Pass a message: what to do.");
  if (agent === undefined && topics === undefined)
    throw invalid("agent", "Pass the name of an agent, or topics.");
  if (agent !== undefined && typeof agent !== "string")
    throw invalid("agent", "`agent` must be a name.");
  if (agent === self.name) throw invalid("agent", "An agent can't delegate to itself.");
  if (topics !== undefined && !isNames(topics))
    throw invalid("topics", "`topics` must be a list of names.");
  if (priority !== undefined && typeof priority !== "number")
    throw invalid("priority", "`priority` must be a whole number from -10 to 10.");
  return { agent, topics, message: message as JsonValue, priority };
}

function given(argument: unknown): unknown {
  const isEmpty =
    argument === null || argument === "" || (Array.isArray(argument) && argument.length === 0);
  return isEmpty ? undefined : argument;
}

function isNames(topics: unknown): topics is readonly string[] {
  return Array.isArray(topics) && topics.every((topic) => typeof topic === "string");
}

function invalid(path: string, message: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: 'For example: agent "Critic", message "Review the draft under the key draft:1."',
    details: { path },
  });
}
