import { type Effect, TOOL_NAMES } from "@syntha/tools";
import { type Scope, scopeOf } from "../identity/scope.ts";

/** As much of a JSON-RPC message as decides whether a server may see it. */
export interface Message {
  readonly id: string | number | undefined;
  readonly method: string;
  /** Of a call. */
  readonly tool: string | undefined;
}

/** Methods that say something about the server alone. */
const PUBLIC = /^(initialize|ping|server\/|notifications\/|logging\/|tools\/list$)/;
const READING = /^(resources|prompts|completion|subscriptions)\/|^tasks\/(get|list|result)$/;

/** The messages of a body: one, or up to a hundred of a client that sends batches. */
export function messagesOf(body: unknown): readonly Message[] {
  return [body].flat().flatMap((entry) => {
    const { id, method, params } = Object(entry) as Record<string, unknown>;
    if (typeof method !== "string") return [];
    const { name } = Object(params) as Record<string, unknown>;
    return [
      {
        id: typeof id === "string" || typeof id === "number" ? id : undefined,
        method,
        tool: method === "tools/call" && typeof name === "string" ? name : undefined,
      },
    ];
  });
}

/**
 * The scope that a message needs; undefined if it needs none.
 * @param effects of the tools that the agent's role includes. Of those that it does not, the call itself says so.
 */
export function scopeFor(
  { method, tool }: Message,
  effects: ReadonlyMap<string, Effect>,
): Scope | undefined {
  if (tool !== undefined) {
    const effect = effects.get(tool);
    if (effect !== undefined) return scopeOf(effect);
    return KNOWN_TOOLS.has(tool) ? undefined : "syntha:write";
  }
  if (PUBLIC.test(method)) return undefined;
  // What is not known to read may write.
  return READING.test(method) ? "syntha:read" : "syntha:write";
}

const KNOWN_TOOLS: ReadonlySet<string> = new Set(TOOL_NAMES);
