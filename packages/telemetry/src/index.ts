export { toJsonLine, toTextLine } from "./log/format.ts";
export type { LogLevel, LogRecord } from "./log/log-record.ts";
export { meshInterceptor } from "./mesh/mesh-interceptor.ts";
export type { TelemetryOptions, TenantLabels } from "./options.ts";
export type { Outcome, OutcomeInput } from "./outcomes/outcome.ts";
export {
  type MeasureOptions,
  type OutcomeFilter,
  type OutcomeListing,
  OutcomeLog,
} from "./outcomes/outcome-log.ts";
export type { OutcomeLogOptions } from "./outcomes/log-options.ts";
export type { OutcomePage } from "./outcomes/outcome-page.ts";
export type { Durations, GroupBy, OutcomeMetrics } from "./outcomes/summary.ts";
export { instrumentStorage } from "./storage/instrument-storage.ts";
export { instrumentTools } from "./tools/instrument-tools.ts";
export type { InstrumentedHandler } from "./tools/instrumented-handler.ts";
