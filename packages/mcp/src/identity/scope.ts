import type { Effect } from "@syntha/tools";

/** An OAuth scope: what the calls of a token may do to the mesh. No scope includes another. */
export type Scope = `syntha:${Effect}`;

/** All scopes. Tools that delete need `syntha:destroy`. */
export const SCOPES: readonly Scope[] = ["syntha:read", "syntha:write", "syntha:destroy"];

export function scopeOf(effect: Effect): Scope {
  return `syntha:${effect}`;
}
