import { SynthaError } from "../error/syntha-error.ts";
import { DEFAULT_VALUE_LIMITS, type ValueLimits } from "../json/limits.ts";
import { type QuotaBounds, Quotas } from "../limit/quota.ts";
import { DEFAULT_ROUTE_LIMITS, MOST_ROUTE_NAMES, type RouteLimits } from "../route/check-route.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Optional } from "../options/optional.ts";
import { MAX_NAME_BYTES } from "../text/name.ts";
import type { MeshLimits } from "./mesh-options.ts";

const DEFAULTS = {
  ...DEFAULT_VALUE_LIMITS,
  ...DEFAULT_ROUTE_LIMITS,
  keyBytes: MAX_NAME_BYTES,
};
/** PostgreSQL's indexes take 2,704 bytes an entry, of which a key shares some with a topic and a tenant id. */
const MOST: Readonly<Record<string, number>> = { keyBytes: 1_024 };
const LIMITS = knownOptions<MeshLimits>("limits", {
  valueBytes: true,
  depth: true,
  nodes: true,
  keyBytes: true,
  routeTopics: true,
  routeSubscribers: true,
  tenant: true,
  agent: true,
  agents: true,
});

/** The limits that a mesh enforces, with defaults. What each means is at {@link MeshLimits}. */
export interface EffectiveLimits extends Readonly<ValueLimits>, Readonly<RouteLimits> {
  readonly keyBytes: number;
  /** Of the whole tenant. */
  readonly tenant: QuotaBounds;
  /** Of each agent that is not in `agents`. */
  readonly agent: QuotaBounds;
  /** Of agents by name, with the figures of `agent` where they have none of their own. */
  readonly agents: Readonly<Record<string, QuotaBounds>>;
}

export function toEffectiveLimits(limits: MeshLimits, quotas: Quotas): EffectiveLimits {
  const { valueBytes, depth, nodes, keyBytes, routeTopics, routeSubscribers } = limits;
  const { tenant, agent, agents } = quotas;
  const all = { valueBytes, depth, nodes, keyBytes, routeTopics, routeSubscribers };
  return structuredClone({ ...all, tenant, agent, agents });
}

/** Checks limits, and fills in defaults. @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE */
export function toMeshLimits(limits: Optional<MeshLimits> = {}): {
  readonly limits: MeshLimits;
  readonly quotas: Quotas;
} {
  checkOptions(limits, LIMITS, "limits");
  const set: Partial<Record<string, unknown>> = {};
  for (const [name, limit] of Object.entries(limits)) {
    if (limit === undefined) continue;
    const most = name in DEFAULT_ROUTE_LIMITS ? MOST_ROUTE_NAMES : MOST[name];
    if (name in DEFAULTS && (!isBound(limit) || Number(limit) > (most ?? Infinity)))
      throw invalid(
        `limits.${name}`,
        `\`limits.${name}\` must be a whole number from 1${most === undefined ? ", or Infinity" : ` to ${most}`}.`,
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
    hint: "Leave it out for its default.",
    details: { path },
  });
}
