import { type AgentContext, type Cursor, SynthaError } from "@syntha/core";

/** What an agent has been told of one item: its key, its revision, and the moment at which it is gone, in milliseconds. */
export type Told = readonly [key: string, revision: number, expiresAt: number | null];

/**
 * What a conversation has been told so far: JSON, to keep beside its messages. Grows with what its prompts hold, not
 * with the mesh.
 */
export interface ContextState {
  readonly version: 1;
  readonly tenantId: string;
  /** Null for the system. */
  readonly agent: string | null;
  /** What was selected. */
  readonly selection: string;
  /** Where the log was when it was looked at last. */
  readonly cursor: Cursor;
  /** Behind the last event that was told. */
  readonly events: Cursor;
  readonly told: readonly Told[];
  /** Keys whose change found no room yet, the longest waiting first. */
  readonly due: readonly string[];
  /** What has waited longest found no room beside events: next time it comes before them. */
  readonly itemsFirst?: boolean | undefined;
}

/** Who a state belongs to. */
export function holderOf(agent: AgentContext): Pick<ContextState, "tenantId" | "agent"> {
  return { tenantId: agent.tenantId, agent: agent.isSystem ? null : agent.name };
}

/** @throws INVALID_ARGUMENTS for what is no state, or another agent's. */
export function checkState(state: ContextState, agent: AgentContext): void {
  const isState =
    typeof state === "object" &&
    state !== null &&
    state.version === 1 &&
    typeof state.cursor === "string" &&
    typeof state.events === "string" &&
    Array.isArray(state.told) &&
    state.told.every(isTold) &&
    Array.isArray(state.due) &&
    state.due.every((key) => typeof key === "string");
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
    hint: "Pass the `state` of this agent's last prompt unchanged, or omit it to start over.",
    details: { path: "state" },
  });
}
