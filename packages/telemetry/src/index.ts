export { withTraceContext } from "./context/trace-context.ts";
export { type LogLevel, type LogRecord, toJsonLine, toTextLine } from "./log/log-record.ts";
export { meshInterceptor } from "./mesh/mesh-interceptor.ts";
export type { TelemetryOptions, TenantLabels } from "./options.ts";
export type { Outcome, OutcomeInput } from "./outcomes/outcome.ts";
export { type OutcomeListing, OutcomeLog } from "./outcomes/outcome-log.ts";
export type {
  MeasureOptions,
  OutcomeFilter,
  OutcomeLogOptions,
} from "./outcomes/outcome-log-options.ts";
export type { OutcomePage } from "./outcomes/outcome-page.ts";
export type { Durations, GroupBy, OutcomeMetrics } from "./outcomes/outcome-metrics.ts";
export { instrumentStorage } from "./storage/instrument-storage.ts";
export { type InstrumentedHandler, instrumentTools } from "./tools/instrument-tools.ts";
