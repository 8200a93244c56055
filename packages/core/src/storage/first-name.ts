import { compareCodePoints } from "../text/code-point-order.ts";

/** Where a listing of names goes on, inclusively: at the first that may begin with `prefix` and follow `after`. */
export function firstName(prefix: string = "", after?: string): string {
  if (after === undefined) return prefix;
  // No name holds NUL, so that nothing lies between.
  const next = `${after}\u0001`;
  return compareCodePoints(next, prefix) > 0 ? next : prefix;
}
