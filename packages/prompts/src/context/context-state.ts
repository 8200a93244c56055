import { type AgentContext, type Cursor, SynthaError } from "@syntha/core";

/** An item as it was included: key, revision, and when it expires, in milliseconds. */
export type ShownItem = readonly [key: string, revision: number, expiresAt: number | null];

/**
 * What a conversation contains so far: JSON, to be stored with its messages. It grows with the items in its prompts, not with
 * the mesh.
 */
export interface ContextState {
  readonly version: 1;
  readonly tenantId: string;
  /** Null for the system. */
  readonly agent: string | null;
  /** The selection. */
  readonly selection: string;
  /** The position up to which the log was read. */
  readonly cursor: Cursor;
  /** The position after the last event that was included. */
  readonly events: Cursor;
  readonly shown: readonly ShownItem[];
  /** Keys whose change did not fit yet, the longest waiting first. */
  readonly pending: readonly string[];
  /** Whether the longest waiting change comes before events next time, because it did not fit beside them. */
  readonly itemsFirst?: boolean | undefined;
}

/** The agent that a state belongs to. */
export function holderOf(agent: AgentContext): Pick<ContextState, "tenantId" | "agent"> {
  return { tenantId: agent.tenantId, agent: agent.isSystem ? null : agent.name };
}

/** @throws INVALID_ARGUMENTS for an invalid state, or the state of another agent */
export function checkState(state: ContextState, agent: AgentContext): void {
  const isState =
    typeof state === "object" &&
    state !== null &&
    state.version === 1 &&
    typeof state.cursor === "string" &&
    typeof state.events === "string" &&
    Array.isArray(state.shown) &&
    state.shown.every(isTold) &&
    Array.isArray(state.pending) &&
    state.pending.every((key) => typeof key === "string");
  if (!isState) throw bad("Invalid context state.");
  const holder = holderOf(agent);
  if (state.tenantId !== holder.tenantId || state.agent !== holder.agent)
    throw bad("This state belongs to another agent, or to another tenant.");
}

function isTold(entry: unknown): boolean {
  if (!Array.isArray(entry)) return false;
  const [key, revision, expiresAt] = entry as unknown[];
  const isTime = expiresAt === null || typeof expiresAt === "number";
  return typeof key === "string" && typeof revision === "number" && isTime;
}

function bad(message: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Pass the `state` of this agent's last prompt unchanged. To start over, call renderContext, or create a ContextThread without a state.",
    details: { path: "state" },
  });
}
