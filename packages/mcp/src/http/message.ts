import type { Effect } from "@syntha/tools";
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
 * @param effects of the tools that the agent's role includes. Other tools are no concern of scopes: the call says why.
 */
export function scopeFor(
  { method, tool }: Message,
  effects: ReadonlyMap<string, Effect>,
): Scope | undefined {
  if (tool === undefined) return PUBLIC.test(method) ? undefined : "syntha:read";
  const effect = effects.get(tool);
  return effect && scopeOf(effect);
}
