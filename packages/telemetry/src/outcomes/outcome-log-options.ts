import { diag } from "@opentelemetry/api";
import type { Clock, Duration, RouteInput } from "@syntha/core";
import {
  checkOptions,
  knownOptions,
  type Optional,
  systemClock,
  toMs,
  wholeMs,
} from "@syntha/core/storage";
import { invalidArgument, type OutcomeInput } from "./outcome.ts";

/** Options of {@link OutcomeLog}. The route selects the readers of outcomes; by default subscribers of the topic `outcomes`. */
export interface OutcomeLogOptions extends RouteInput {
  /**
   * How long outcomes are kept; `false`: until they are cleared.
   * @default "30d"
   */
  readonly ttl?: Duration | false | undefined;
  /**
   * The prefix of their keys, 1 to 128 characters.
   * @default "outcome:"
   */
  readonly prefix?: string | undefined;
  /**
   * Called with the error when `measure` fails to record an outcome.
   * @default OpenTelemetry's diagnostic log
   */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** The time of outcomes, for tests. */
  readonly clock?: Clock | undefined;
}

/** Selects outcomes; all given conditions must match. */
export interface OutcomeFilter {
  /** Only outcomes since a date, or within a duration such as `"24h"`. */
  readonly since?: Duration | Date | undefined;
  readonly agent?: string | undefined;
  readonly task?: string | undefined;
  readonly success?: boolean | undefined;
}

/** Options of {@link OutcomeLog.measure}. */
export interface MeasureOptions<T> extends Pick<OutcomeInput, "agent" | "input" | "metadata"> {
  /**
   * Derives the outcome from a result, which may represent a failure.
   * @default success, without output
   */
  readonly outcomeOf?:
    | ((result: T) => Optional<Omit<OutcomeInput, "agent" | "task" | "durationMs">>)
    | undefined;
}

const OPTIONS = knownOptions<OutcomeLogOptions>("new OutcomeLog", {
  ttl: true,
  prefix: true,
  onError: true,
  clock: true,
  topics: true,
  subscribers: true,
  global: true,
});
/** Leaves room for the outcome's id within the maximum length of a key. */
const MAX_PREFIX_LENGTH = 128;

export interface CheckedLogOptions {
  readonly ttl: Duration | undefined;
  readonly prefix: string;
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
  readonly route: RouteInput;
}

/** @throws INVALID_ARGUMENTS, also for an unknown option: a misspelled route would be ignored. */
export function checkLogOptions(options: OutcomeLogOptions): CheckedLogOptions {
  checkOptions(options, OPTIONS);
  const { ttl = "30d", prefix = "outcome:", onError, clock = systemClock, ...route } = options;
  if (ttl !== false) toMs("ttl", ttl);
  if (typeof prefix !== "string" || prefix === "" || prefix.length > MAX_PREFIX_LENGTH)
    throw invalidArgument("prefix", `Pass 1 to ${MAX_PREFIX_LENGTH} characters, or omit it.`);
  if (onError !== undefined && typeof onError !== "function")
    throw invalidArgument("onError", "Pass a function: (error) => console.error(error).");
  if (typeof clock !== "function")
    throw invalidArgument("clock", "Pass a function: () => Date.now().");
  const isRouted = Object.values(route).some((part) => part !== undefined);
  return {
    ttl: ttl === false ? undefined : ttl,
    prefix,
    onError: onError ?? reportUnrecorded,
    clock: wholeMs(clock),
    route: isRouted ? route : { topics: ["outcomes"] },
  };
}

export function reportUnrecorded(error: unknown): void {
  diag.error("Failed to record an outcome.", error);
}
