import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { SynthaError } from "@syntha/core";
import { checkOptions as checkNames, knownOptions } from "@syntha/core/storage";
import type { LogLevel, LogRecord } from "./log/log-record.ts";

/** How tenant ids are recorded: hashed, unchanged, not at all, or by a function. */
export type TenantLabels = "hash" | "plain" | "none" | ((tenantId: string) => string);

/** Options of {@link instrumentTools}, {@link meshInterceptor} and {@link instrumentStorage}; one object serves all three. */
export interface TelemetryOptions {
  /** @default the provider that is registered with OpenTelemetry, also if it is registered later */
  readonly tracerProvider?: TracerProvider | undefined;
  /** @default the provider that is registered with OpenTelemetry, also if it is registered later */
  readonly meterProvider?: MeterProvider | undefined;
  /**
   * Tenant ids in spans and log records. They are hashed because tenants are often people. Metrics never contain them.
   * @default "hash"
   */
  readonly tenants?: TenantLabels | undefined;
  /**
   * Whether spans, log records and metrics contain names of agents. Pass `false` if you create names for each user or run.
   * @default true
   */
  readonly agents?: boolean | undefined;
  /**
   * Whether spans of a mesh contain keys, topics and event types.
   * @default false
   */
  readonly captureKeys?: boolean | undefined;
  /**
   * Whether spans contain values: arguments and results of tools, and values that a mesh reads and writes.
   * @default false
   */
  readonly captureValues?: boolean | undefined;
  /**
   * The maximum length of a captured attribute, in characters; longer ones are truncated.
   * @default 4_096
   */
  readonly maxCapturedLength?: number | undefined;
  /** Called with each completed operation; its errors are ignored. */
  readonly onLog?: ((record: LogRecord) => void) | undefined;
  /**
   * The minimum level of records that are passed to `onLog`.
   * @default "info": tool calls and failures
   */
  readonly logLevel?: LogLevel | undefined;
}

const OPTIONS = knownOptions<TelemetryOptions>("telemetry", {
  tracerProvider: true,
  meterProvider: true,
  tenants: true,
  agents: true,
  captureKeys: true,
  captureValues: true,
  maxCapturedLength: true,
  onLog: true,
  logLevel: true,
});
const LEVELS: readonly unknown[] = ["debug", "info", "warn", "error"] satisfies LogLevel[];
const LABELS: readonly unknown[] = ["hash", "plain", "none"];

/** @throws INVALID_ARGUMENTS, also for an unknown option: a misspelled `agents` would record all names. */
export function checkOptions(options: TelemetryOptions): void {
  checkNames(options, OPTIONS);
  const { tenants = "hash", logLevel = "info", maxCapturedLength = 1, onLog } = options;
  if (typeof tenants !== "function" && !LABELS.includes(tenants))
    throw invalidOption("tenants", 'Pass "hash", "plain", "none" or a function.');
  if (!LEVELS.includes(logLevel))
    throw invalidOption("logLevel", 'Pass "debug", "info", "warn" or "error".');
  if (!(Number.isSafeInteger(maxCapturedLength) && maxCapturedLength > 0))
    throw invalidOption("maxCapturedLength", "Pass a positive integer, or omit it for 4,096.");
  if (onLog !== undefined && typeof onLog !== "function")
    throw invalidOption("onLog", "Pass a function: (record) => console.error(toTextLine(record)).");
  for (const name of ["agents", "captureKeys", "captureValues"] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== "boolean")
      throw invalidOption(name, "Pass true or false.");
  }
}

function invalidOption(path: string, hint: string): SynthaError {
  const message = `Invalid option \`${path}\`.`;
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}
