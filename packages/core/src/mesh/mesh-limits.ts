import { SynthaError } from "../error/syntha-error.ts";
import { DEFAULT_VALUE_LIMITS } from "../json/limits.ts";
import { Quotas } from "../limit/quota.ts";
import { MAX_NAME_BYTES } from "../text/name.ts";
import type { MeshLimits } from "./options.ts";

const DEFAULTS = { ...DEFAULT_VALUE_LIMITS, keyBytes: MAX_NAME_BYTES };
const NAMES = [...Object.keys(DEFAULTS), "tenant", "agent", "agents"];

/** A mesh's limits, checked: what is left out or undefined is the default. @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE. */
export function toMeshLimits(limits: Partial<MeshLimits> = {}): {
  readonly limits: MeshLimits;
  readonly quotas: Quotas;
} {
  if (typeof limits !== "object" || limits === null || Symbol.iterator in limits)
    throw invalid("limits", "`limits` holds no limits.");
  const set: Partial<Record<string, unknown>> = {};
  for (const [name, limit] of Object.entries(limits)) {
    if (!NAMES.includes(name)) throw invalid(`limits.${name}`, `\`limits\` has no \`${name}\`.`);
    if (limit === undefined) continue;
    if (name in DEFAULTS && !isBound(limit))
      throw invalid(
        `limits.${name}`,
        `\`limits.${name}\` is a whole number from 1 on, or Infinity.`,
      );
    set[name] = limit;
  }
  const all: MeshLimits = { ...DEFAULTS, ...set };
  return { limits: all, quotas: new Quotas(all) };
}

function isBound(limit: unknown): boolean {
  return limit === Number.POSITIVE_INFINITY || (Number.isSafeInteger(limit) && Number(limit) >= 1);
}

function invalid(path: string, message: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: `Set any of ${NAMES.map((name) => `\`${name}\``).join(", ")}.`,
    details: { path },
  });
}
