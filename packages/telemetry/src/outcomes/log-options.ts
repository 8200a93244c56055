import { diag } from "@opentelemetry/api";
import type { Clock, Duration, RouteInput } from "@syntha/core";
import { checkOptions, knownOptions, systemClock, toMs, wholeMs } from "@syntha/core/storage";
import { wrong } from "./outcome.ts";

export interface OutcomeLogOptions extends RouteInput {
  /** How long outcomes stay; `false`: until somebody clears them. Default `"30d"`. */
  readonly keep?: Duration | false | undefined;
  /** What their keys begin with, in up to 128 characters. Default `"outcome:"`. */
  readonly prefix?: string | undefined;
  /** Told of what `measure` could not record. Default: OpenTelemetry's own log. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Where their time comes from; for tests. */
  readonly clock?: Clock | undefined;
}

const OPTIONS = knownOptions<OutcomeLogOptions>("new OutcomeLog", {
  keep: true,
  prefix: true,
  onError: true,
  clock: true,
  topics: true,
  subscribers: true,
  global: true,
});
/** A key has a name's length, and the outcome's id takes its part of it. */
const LONGEST_PREFIX = 128;

export interface CheckedLogOptions {
  readonly keep: Duration | undefined;
  readonly prefix: string;
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
  readonly route: RouteInput;
}

/** @throws INVALID_ARGUMENTS, also for an unknown option: a misspelled route would be none. */
export function checkLogOptions(options: OutcomeLogOptions): CheckedLogOptions {
  checkOptions(options, OPTIONS);
  const { keep = "30d", prefix = "outcome:", onError, clock = systemClock, ...route } = options;
  if (keep !== false) toMs("keep", keep);
  if (typeof prefix !== "string" || prefix === "" || prefix.length > LONGEST_PREFIX)
    throw wrong("prefix", `Give 1 to ${LONGEST_PREFIX} characters, or leave it out.`);
  if (onError !== undefined && typeof onError !== "function")
    throw wrong("onError", "Give a function: (error) => console.error(error).");
  if (typeof clock !== "function") throw wrong("clock", "Give a function: () => Date.now().");
  const isRouted = Object.values(route).some((part) => part !== undefined);
  return {
    keep: keep === false ? undefined : keep,
    prefix,
    onError: onError ?? reportLoss,
    clock: wholeMs(clock),
    route: isRouted ? route : { topics: ["outcomes"] },
  };
}

export function reportLoss(error: unknown): void {
  diag.error("An outcome was not recorded.", error);
}
