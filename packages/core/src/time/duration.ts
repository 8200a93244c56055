import { SynthaError } from "../error/syntha-error.ts";
import { describe } from "../text/describe.ts";

/**
 * A duration: milliseconds as a number, or a number with a unit (`ms`, `s`, `m`, `h`, `d`).
 *
 * @example
 * await agent.push("draft", value, { topics: ["review"], ttl: "1.5h" });
 */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** 100 years, so that adding a duration to a date never overflows. */
export const MAX_DURATION_MS = 100 * 365 * 86_400_000;

/**
 * A duration in whole milliseconds, at least 1 (or 0 where `allowZero`).
 * @throws INVALID_ARGUMENTS for anything that is not a positive duration up to 100 years.
 */
export function toMs(what: string, duration: Duration, allowZero = false): number {
  const ms = Math.round(typeof duration === "number" ? duration : parse(duration));
  if (!(ms >= (allowZero ? 0 : 1) && ms <= MAX_DURATION_MS)) {
    throw new SynthaError(
      "INVALID_ARGUMENTS",
      `\`${what}\` must be ${allowZero ? "a" : "a positive"} duration, not ${describe(duration)}.`,
      {
        hint: `Pass milliseconds as a number, or text such as "500ms", "30s", "5m", "1h" or "7d"; 100 years at most.`,
        details: { path: what, maximum: MAX_DURATION_MS },
      },
    );
  }
  return ms;
}

function parse(text: unknown): number {
  const match = typeof text === "string" ? FORM.exec(text) : null;
  return match ? Number(match[1]) * (UNITS[match[2] as string] as number) : Number.NaN;
}
