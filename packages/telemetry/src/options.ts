import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { SynthaError } from "@syntha/core";
import { checkOptions as checkNames, knownOptions } from "@syntha/core/storage";
import type { LogLevel, LogRecord } from "./log/log-record.ts";

/** How a tenant's id is told: a pseudonym, as it is, not at all, or as your function says. */
export type TenantLabels = "hash" | "plain" | "none" | ((tenantId: string) => string);

/** What is told of meshes, tools and storages, and to whom. The same object may be given to all of them. */
export interface TelemetryOptions {
  /** Default: the one that is registered with OpenTelemetry, as soon as one is. */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Default: the one that is registered with OpenTelemetry, as soon as one is. */
  readonly meterProvider?: MeterProvider | undefined;
  /** Tenants in spans and log records; metrics never tell of them. Default `"hash"`: they are often people. */
  readonly tenants?: TenantLabels | undefined;
  /** Whether agents are named, in metrics too. Default true; `false` where you make up a name for each user or run. */
  readonly agents?: boolean | undefined;
  /** Whether spans of a mesh tell keys, topics and types of events. Default false. */
  readonly captureKeys?: boolean | undefined;
  /** Whether spans tell values: arguments and results of tools, and what a mesh is given and gives. Default false. */
  readonly captureValues?: boolean | undefined;
  /** Characters that one captured attribute may have; the rest is cut off. Default 4,096. */
  readonly maxCaptured?: number | undefined;
  /** Hears of each operation when it is over. What it throws is let go. */
  readonly onLog?: ((record: LogRecord) => void) | undefined;
  /** The least that `onLog` hears of. Default `"info"`: calls of tools, and whatever failed. */
  readonly logLevel?: LogLevel | undefined;
}

const OPTIONS = knownOptions<TelemetryOptions>("telemetry", {
  tracerProvider: true,
  meterProvider: true,
  tenants: true,
  agents: true,
  captureKeys: true,
  captureValues: true,
  maxCaptured: true,
  onLog: true,
  logLevel: true,
});
const LEVELS: readonly unknown[] = ["debug", "info", "warn", "error"] satisfies LogLevel[];
const LABELS: readonly unknown[] = ["hash", "plain", "none"];

/** @throws INVALID_ARGUMENTS, also for an unknown option: a misspelled `agents` would name them all. */
export function checkOptions(options: TelemetryOptions): void {
  checkNames(options, OPTIONS);
  const { tenants = "hash", logLevel = "info", maxCaptured = 1, onLog } = options;
  if (typeof tenants !== "function" && !LABELS.includes(tenants))
    throw wrong("tenants", 'Give "hash", "plain", "none" or a function.');
  if (!LEVELS.includes(logLevel))
    throw wrong("logLevel", 'Give "debug", "info", "warn" or "error".');
  if (!(Number.isSafeInteger(maxCaptured) && maxCaptured > 0))
    throw wrong("maxCaptured", "Give a whole number of characters, or leave it out for 4,096.");
  if (onLog !== undefined && typeof onLog !== "function")
    throw wrong("onLog", "Give a function: (record) => console.error(toTextLine(record)).");
  for (const name of ["agents", "captureKeys", "captureValues"] as const) {
    const given: unknown = options[name];
    if (given !== undefined && typeof given !== "boolean") throw wrong(name, "Give true or false.");
  }
}

function wrong(path: string, hint: string): SynthaError {
  const message = `The option \`${path}\` can't be used.`;
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}
