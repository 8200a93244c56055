import type { Attributes } from "@opentelemetry/api";
import {
  type CallOrigin,
  ToolHandlerWrapper,
  type ToolAnswer,
  type ToolCaller,
} from "@syntha/tools";
import { ATTRIBUTE } from "../signal/attributes.ts";
import { Capture } from "../signal/capture.ts";
import type { Activity, Signals } from "../signal/signals.ts";

/** A handler that tells of its calls. */
export class InstrumentedHandler<const P extends string = ""> extends ToolHandlerWrapper<P> {
  readonly #signals: Signals;
  readonly #capture: Capture;
  /** By tool: all that is the same for each call of it. */
  readonly #activities = new Map<string, Activity>();

  constructor(handler: ToolCaller, signals: Signals) {
    super(handler);
    this.#signals = signals;
    this.#capture = new Capture(signals.options);
  }

  protected override answer(
    name: string,
    args: unknown,
    origin: CallOrigin | undefined,
  ): Promise<ToolAnswer> {
    if (!this.#signals.isOn) return this.handler.handleToolCall(name, args, origin);
    return this.#signals.record(
      () => this.#activityOf(name, args, origin),
      () => this.handler.handleToolCall(name, args, origin),
      (answer) => ({
        code: answer.success ? undefined : answer.code,
        attributes: this.#capture.values
          ? { [ATTRIBUTE.toolResult]: this.#capture.json(answer) }
          : undefined,
      }),
    );
  }

  #activityOf(name: string, args: unknown, origin: CallOrigin | undefined): Activity {
    const activity = this.#plainActivityOf(name);
    if (origin?.id === undefined && !this.#capture.values) return activity;
    const attributes = { ...activity.span.attributes };
    if (origin?.id !== undefined) attributes[ATTRIBUTE.toolCall] = origin.id;
    if (this.#capture.values) attributes[ATTRIBUTE.toolArguments] = this.#capture.json(args);
    return { ...activity, span: { ...activity.span, attributes } };
  }

  #plainActivityOf(name: string): Activity {
    const known = this.#activities.get(name);
    if (known !== undefined) return known;
    // What a model makes up is no tool, and may hold anything.
    const isKnown = this.handler.knows(name);
    const activity = this.#makeActivity(isKnown ? name : "_OTHER");
    if (isKnown) this.#activities.set(name, activity);
    return activity;
  }

  #makeActivity(tool: string): Activity {
    const agent = this.#signals.agent(this.handler.agentName);
    const tenant = this.#signals.tenant(this.handler.tenantId);
    const metric: Attributes = { [ATTRIBUTE.tool]: tool, [ATTRIBUTE.toolType]: "function" };
    if (agent !== undefined) metric[ATTRIBUTE.agent] = agent;
    const attributes: Attributes = { [ATTRIBUTE.operation]: "execute_tool", ...metric };
    if (tenant !== undefined) attributes[ATTRIBUTE.tenant] = tenant;
    return {
      span: { name: `execute_tool ${tool}`, attributes },
      metric: { of: "toolSeconds", attributes: metric },
      log: { event: "tool.call", name: tool, tenant, agent },
    };
  }
}
