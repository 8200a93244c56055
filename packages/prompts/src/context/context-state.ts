import { type AgentContext, type Cursor, type ItemHeader, SynthaError } from "@syntha/core";

/** An item as it was included: key, revision, and expiry time in milliseconds since the epoch. */
export type ShownItem = readonly [key: string, revision: number, expiresAt: number | null];

/**
 * The items that a conversation contains so far, as JSON: store it with the messages. It grows with the items in the prompts,
 * not with the mesh.
 */
export interface ContextState {
  readonly version: 1;
  readonly tenantId: string;
  /** Null for the system. */
  readonly agent: string | null;
  /** The selection, as text that can be compared. */
  readonly selection: string;
  /** The position up to which the log was read. */
  readonly cursor: Cursor;
  /** The position after the last event that was included; at first, the end of the events at the start. */
  readonly events: Cursor;
  /** The items in the conversation, as they were included last. */
  readonly shown: readonly ShownItem[];
  /** Keys whose change did not fit yet, the longest pending first. */
  readonly pending: readonly string[];
  /** Whether the longest pending change precedes events in the next step, because it did not fit beside them. */
  readonly itemsFirst?: boolean | undefined;
  /** Whether events precede items in the next step if that is a full block too, because none fitted beside them. */
  readonly eventsFirst?: boolean | undefined;
}

/** The agent that a state belongs to. */
export function ownerOf(agent: AgentContext): Pick<ContextState, "tenantId" | "agent"> {
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
    state.shown.every(isShownItem) &&
    Array.isArray(state.pending) &&
    state.pending.every((key) => typeof key === "string");
  if (!isState) throw invalidState("Invalid context state.");
  const owner = ownerOf(agent);
  if (state.tenantId !== owner.tenantId || state.agent !== owner.agent)
    throw invalidState("The state belongs to another agent or tenant.");
}

function isShownItem(entry: unknown): boolean {
  if (!Array.isArray(entry)) return false;
  const [key, revision, expiresAt] = entry as unknown[];
  const isTime = expiresAt === null || typeof expiresAt === "number";
  return typeof key === "string" && typeof revision === "number" && isTime;
}

export function toShownItem({ key, revision, expiresAt }: ItemHeader): ShownItem {
  return [key, revision, expiresAt?.getTime() ?? null];
}

function invalidState(message: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Pass the `state` of this agent's last prompt unchanged. To start over, call renderContext, or create a ContextThread without a state.",
    details: { path: "state" },
  });
}
