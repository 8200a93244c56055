import type { Attributes } from "@opentelemetry/api";
import {
  type CallOptions,
  type ToolAnswer,
  type ToolCaller,
  type ToolHandler,
  ToolHandlerWrapper,
} from "@syntha/tools";
import type { TelemetryOptions } from "../options.ts";
import { ATTRIBUTE } from "../signal/attributes.ts";
import { Capture } from "../signal/capture.ts";
import { type OperationSignals, Recorder } from "../signal/recorder.ts";

/** A tool handler that records its calls. */
export class InstrumentedHandler<const P extends string = ""> extends ToolHandlerWrapper<P> {
  readonly #recorder: Recorder;
  readonly #capture: Capture;
  /** The signals that are equal for all calls of a tool. */
  readonly #signals = new Map<string, OperationSignals>();

  constructor(handler: ToolCaller, recorder: Recorder) {
    super(handler);
    this.#recorder = recorder;
    this.#capture = new Capture(recorder.options);
  }

  protected override answer(
    name: string,
    args: unknown,
    options: CallOptions | undefined,
  ): Promise<ToolAnswer> {
    if (!this.#recorder.isActive) return this.handler.handleToolCall(name, args, options);
    return this.#recorder.record(
      () => this.#signalsOf(name, args, options),
      () => this.handler.handleToolCall(name, args, options),
      (answer) => ({
        code: answer.success ? undefined : answer.code,
        attributes: this.#capture.values
          ? { [ATTRIBUTE.toolResult]: this.#capture.json(answer) }
          : undefined,
      }),
    );
  }

  #signalsOf(name: string, args: unknown, options: CallOptions | undefined): OperationSignals {
    const signals = this.#toolSignals(name);
    if (options?.id === undefined && !this.#capture.values) return signals;
    const attributes = { ...signals.span.attributes };
    if (options?.id !== undefined) attributes[ATTRIBUTE.toolCall] = options.id;
    if (this.#capture.values) attributes[ATTRIBUTE.toolArguments] = this.#capture.json(args);
    return { ...signals, span: { ...signals.span, attributes } };
  }

  #toolSignals(name: string): OperationSignals {
    const cached = this.#signals.get(name);
    if (cached !== undefined) return cached;
    // An unknown name is text of a model, which may contain anything: it is not recorded.
    const isKnown = this.handler.knows(name);
    const signals = this.#createSignals(isKnown ? name : "_OTHER");
    if (isKnown) this.#signals.set(name, signals);
    return signals;
  }

  #createSignals(tool: string): OperationSignals {
    const agent = this.#recorder.agentLabel(this.handler.agentName);
    const tenant = this.#recorder.tenantLabel(this.handler.tenantId);
    const metric: Attributes = { [ATTRIBUTE.tool]: tool, [ATTRIBUTE.toolType]: "function" };
    if (agent !== undefined) metric[ATTRIBUTE.agent] = agent;
    const attributes: Attributes = { [ATTRIBUTE.operation]: "execute_tool", ...metric };
    if (tenant !== undefined) attributes[ATTRIBUTE.tenant] = tenant;
    return {
      span: { name: `execute_tool ${tool}`, attributes },
      metric: { histogram: "toolDuration", attributes: metric },
      log: { event: "tool.call", name: tool, tenant_id: tenant, agent },
    };
  }
}

/**
 * Wraps a tool handler to record its calls. Pass the result to models and adapters in place of the handler. Without an SDK
 * and a log, calls go directly to the handler.
 * @throws INVALID_ARGUMENTS for invalid or unknown options
 * @example
 * const handler = instrumentTools(new ToolHandler(mesh.agent("Triage")), { onLog: (record) => logger.info(record) });
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
  return new InstrumentedHandler(handler, new Recorder(options));
}
