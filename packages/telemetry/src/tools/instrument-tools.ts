import type { ToolCaller, ToolHandler } from "@syntha/tools";
import type { TelemetryOptions } from "../options.ts";
import { Signals } from "../signal/signals.ts";
import { InstrumentedHandler } from "./instrumented-handler.ts";

/**
 * Lets a handler tell of its calls: hand what this gives to models and adapters in the handler's place. A call that
 * nobody listens to goes straight to the handler.
 * @throws INVALID_ARGUMENTS for options that can't be used
 */
export function instrumentTools<const P extends string>(
  handler: ToolHandler<P>,
  options?: TelemetryOptions,
): InstrumentedHandler<P>;
export function instrumentTools<const P extends string>(
  handler: ToolCaller<P>,
  options?: TelemetryOptions,
): InstrumentedHandler<P>;
export function instrumentTools(
  handler: ToolCaller,
  options: TelemetryOptions = {},
): InstrumentedHandler<string> {
  return new InstrumentedHandler(handler, new Signals(options));
}
