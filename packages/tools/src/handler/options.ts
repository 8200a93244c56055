import { type Duration, SynthaError } from "@syntha/core";
import {
  checkOptions as checkNames,
  knownOptions,
  type Optional,
  toMs,
} from "@syntha/core/storage";
import type { AccessOptions } from "../access/access.ts";
import { type ArgumentLimits, DEFAULT_ARGUMENT_LIMITS } from "../arguments/argument-size.ts";

/**
 * Options of a {@link ToolHandler}.
 *
 * @example
 * new ToolHandler(mesh.agent("Worker"), {
 *   toolsets: ["context", "tasks"],
 *   deny: ["delete_context"],
 *   defaultTtl: "7d",
 * });
 */
export interface ToolHandlerOptions<P extends string = string> extends AccessOptions {
  /**
   * Prefix of every tool name that a model sees, for when your own tools have the same names: at most 40 letters, digits,
   * `_` and `-`.
   * @default ""
   */
  prefix?: P | undefined;
  /**
   * Time to live of pushed values and task results if the call sets none: milliseconds, or text with a unit, such as "12h".
   * @default no expiry
   */
  defaultTtl?: Duration | undefined;
  /**
   * Bytes of a result's JSON, at least 2,048; the rest is returned on further pages.
   * @default 16_384
   */
  maxResultBytes?: number | undefined;
  /**
   * The longest time for which a call of `wait_for_changes` or `ask_agent` waits, whatever its `timeout_seconds`:
   * milliseconds, or text with a unit. Lower it where requests are ended sooner.
   * @default "5m"
   */
  maxWait?: Duration | undefined;
  /**
   * Limits of a call's arguments. Raise them together with the mesh's own limits.
   * @default `{ bytes: 1_048_576, depth: 32, nodes: 10_000 }`
   */
  argumentLimits?: Optional<ArgumentLimits> | undefined;
}

const OPTIONS = knownOptions<ToolHandlerOptions>("new ToolHandler", {
  role: true,
  toolsets: true,
  allow: true,
  deny: true,
  prefix: true,
  defaultTtl: true,
  maxResultBytes: true,
  maxWait: true,
  argumentLimits: true,
});
const LIMITS = knownOptions<ArgumentLimits>("new ToolHandler", {
  bytes: true,
  depth: true,
  nodes: true,
});
const MIN_RESULT_BYTES = 2_048;
const PREFIX = /^[A-Za-z0-9_-]{0,40}$/;
const DURATION = /^\d+(\.\d+)?(ms|s|m|h|d)$/;

export interface CheckedOptions {
  readonly prefix: string;
  readonly defaultTtl: Duration | undefined;
  readonly maxResultBytes: number;
  readonly maxWaitMs: number;
  readonly limits: ArgumentLimits;
}

/** @throws INVALID_ARGUMENTS, also for an unknown option: a misspelled `deny` would deny nothing */
export function checkOptions(options: ToolHandlerOptions): CheckedOptions {
  checkNames(options, OPTIONS);
  const { prefix = "", defaultTtl, maxResultBytes = 16 * 1_024, argumentLimits } = options;
  const maxWaitMs = toMs("maxWait", options.maxWait ?? "5m");
  if (typeof prefix !== "string" || !PREFIX.test(prefix))
    throw invalidOption(
      "prefix",
      "`prefix` must be part of a valid tool name.",
      "Use up to 40 letters, digits, _ and -.",
    );
  if (defaultTtl !== undefined && !isDuration(defaultTtl))
    throw invalidOption(
      "defaultTtl",
      '`defaultTtl` must be a positive duration such as "12h".',
      `Pass milliseconds as a number, or text with a unit: "30m", "12h", "7d".`,
    );
  if (!(Number.isSafeInteger(maxResultBytes) && maxResultBytes >= MIN_RESULT_BYTES))
    throw invalidOption(
      "maxResultBytes",
      `\`maxResultBytes\` must be a whole number of at least ${MIN_RESULT_BYTES}.`,
      "Omit it for 16 KiB.",
    );
  return { prefix, defaultTtl, maxResultBytes, maxWaitMs, limits: toLimits(argumentLimits) };
}

function toLimits(given: Optional<ArgumentLimits> = {}): ArgumentLimits {
  checkNames(given, LIMITS, "argumentLimits");
  const limits = { ...DEFAULT_ARGUMENT_LIMITS };
  for (const name of ["bytes", "depth", "nodes"] as const) {
    const limit = given[name];
    if (limit === undefined) continue;
    if (!(limit === Number.POSITIVE_INFINITY || (Number.isSafeInteger(limit) && limit >= 1)))
      throw invalidOption(
        `argumentLimits.${name}`,
        `\`argumentLimits.${name}\` must be a whole number of at least 1, or Infinity.`,
        "Omit it for its default.",
      );
    limits[name] = limit;
  }
  return limits;
}

function isDuration(duration: unknown): boolean {
  if (typeof duration === "number") return duration > 0 && Number.isFinite(duration);
  return typeof duration === "string" && DURATION.test(duration) && Number.parseFloat(duration) > 0;
}

function invalidOption(path: string, message: string, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}
