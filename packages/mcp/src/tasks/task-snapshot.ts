import type { InputRequest } from "@modelcontextprotocol/server";
import type {
  AgentContext,
  CorruptItem,
  HistoryEntry,
  Item,
  ItemHeader,
  JsonValue,
} from "@syntha/core";
import { questionOf, toInputRequest } from "./question.ts";
import { isTaskKeyOf } from "./task-key.ts";

/** How often clients should ask for a task's state. */
const POLL_INTERVAL_MS = 1_000;

/** A task as the Tasks extension of MCP describes it. */
export type TaskSnapshot = {
  readonly taskId: string;
  readonly statusMessage?: string;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  /** Null without an expiry. */
  readonly ttlMs: number | null;
  readonly pollIntervalMs: number;
} & TaskStatus;

type TaskStatus =
  | { readonly status: "working" | "cancelled" }
  | { readonly status: "input_required"; readonly inputRequests: Record<string, InputRequest> }
  | { readonly status: "completed"; readonly result: Record<string, unknown> }
  | {
      readonly status: "failed";
      readonly error: { readonly code: number; readonly message: string; readonly data: object };
    };

/** JSON-RPC's code of an internal error, which the protocol requires for a failed task. */
const TASK_FAILED = -32_603;

/**
 * Derives the state of a task that this agent delegated from its item, and, once that is deleted, from the item's history.
 * Undefined if there is no such task, or no longer.
 */
export async function readTask(
  agent: AgentContext,
  taskId: string,
): Promise<TaskSnapshot | undefined> {
  if (!isTaskKeyOf(agent, taskId)) return undefined;
  let damaged: CorruptItem | undefined;
  const onCorrupt = (item: CorruptItem): void => void (damaged = item);
  const [item] = await agent.getItems([taskId], { onCorrupt });
  const found = item ?? damaged;
  if (found !== undefined && isTaskOf(agent, found)) return fromItem(found);
  return fromHistory(agent, taskId, await agent.mesh.system.history(taskId));
}

/**
 * Whether an item is the task that this agent delegated, rather than one that another agent pushed under its key after its
 * end. Only a completion can give a task to another owner, by routing its result.
 */
export function isTaskOf({ name }: AgentContext, { owner, state }: ItemHeader): boolean {
  return owner === name || state === "done";
}

function fromItem(item: Item | CorruptItem): TaskSnapshot {
  const { key, createdAt, updatedAt, expiresAt, lastFailure } = item;
  const lastUpdated = Math.max(updatedAt.getTime(), lastFailure?.at.getTime() ?? 0);
  return {
    taskId: key,
    createdAt: createdAt.toISOString(),
    lastUpdatedAt: new Date(lastUpdated).toISOString(),
    ttlMs: expiresAt === undefined ? null : expiresAt.getTime() - createdAt.getTime(),
    pollIntervalMs: POLL_INTERVAL_MS,
    ...statusOf(item),
  };
}

function statusOf(item: Item | CorruptItem): TaskStatus & { readonly statusMessage?: string } {
  const { key, state, attempts, lastFailure } = item;
  if ("error" in item) return failed(key, item.error.message);
  if (state === "done") return completed(key, item.value, item.author);
  if (state === "failed") return failed(key, lastFailure?.message ?? "It was given up.");
  if (state === "claimed")
    return { status: "working", statusMessage: `Claimed, attempt ${attempts}` };
  const question = questionOf(item);
  if (question !== undefined)
    return {
      status: "input_required",
      statusMessage: "The agent that works on it has a question",
      inputRequests: { [question.id]: toInputRequest(question) },
    };
  return {
    status: "working",
    statusMessage:
      lastFailure === undefined
        ? "Waiting to be claimed"
        : "An attempt failed; waiting for the next",
  };
}

function fromHistory(
  { name }: AgentContext,
  taskId: string,
  history: readonly HistoryEntry[],
): TaskSnapshot | undefined {
  const [first] = history;
  // Any agent may push to a free key: this agent's own tasks are those that it created.
  if (first?.type !== "put" || first.actor !== name) return undefined;
  const end = history.find(({ type }) => type === "delete" || type === "expire") ?? history.at(-1);
  return {
    taskId,
    createdAt: first.at.toISOString(),
    lastUpdatedAt: (end ?? first).at.toISOString(),
    ttlMs: null,
    pollIntervalMs: POLL_INTERVAL_MS,
    ...endOf(taskId, name, end ?? first),
  };
}

/** How the item of a task left the view of the agent that delegated it, and owned it. */
function endOf(taskId: string, name: string, { type, actor, state }: HistoryEntry): TaskStatus {
  if (type === "delete" && actor === name) return { status: "cancelled" };
  // Only completing it removes the item of another agent.
  if (type === "delete" && actor !== undefined) return completed(taskId, null, actor);
  // Its result was routed to others.
  if (type === "put" && state === "done") return completed(taskId, null, actor);
  return failed(taskId, "It was removed before it was completed.");
}

/** The result is that of the tool call which created the task. */
function completed(task: string, result: JsonValue, author: string | undefined): TaskStatus {
  const structuredContent = { success: true, task, result, author: author ?? null };
  const content = [{ type: "text", text: JSON.stringify(structuredContent) }];
  return { status: "completed", result: { resultType: "complete", content, structuredContent } };
}

function failed(task: string, reason: string): TaskStatus {
  const data = { code: "TASK_FAILED", task };
  return { status: "failed", error: { code: TASK_FAILED, message: reason, data } };
}
