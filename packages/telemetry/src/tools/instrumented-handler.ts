import type { Attributes } from "@opentelemetry/api";
import type {
  AccessSummary,
  AnswerFor,
  ArgumentsFor,
  CallOrigin,
  Role,
  ToolAnswer,
  ToolArguments,
  ToolCaller,
  ToolDefinition,
  ToolFailure,
  ToolList,
  ToolName,
} from "@syntha/tools";
import { ATTRIBUTE } from "../signal/attributes.ts";
import { Capture } from "../signal/capture.ts";
import type { Activity, Signals } from "../signal/signals.ts";

/** A handler that tells of its calls. */
export class InstrumentedHandler<const P extends string = ""> implements ToolCaller<P> {
  readonly #handler: ToolCaller;
  readonly #signals: Signals;
  readonly #capture: Capture;
  /** By tool: all that is the same for each call of it. */
  readonly #activities = new Map<string, Activity>();

  constructor(handler: ToolCaller, signals: Signals) {
    this.#handler = handler;
    this.#signals = signals;
    this.#capture = new Capture(signals.options);
  }

  get allow(): ToolList {
    return this.#handler.allow;
  }

  get deny(): ToolList {
    return this.#handler.deny;
  }

  get agentName(): string {
    return this.#handler.agentName;
  }

  get tenantId(): string | undefined {
    return this.#handler.tenantId;
  }

  get role(): Role {
    return this.#handler.role;
  }

  setRole(role: Role): void {
    this.#handler.setRole(role);
  }

  handleToolCall<N extends ToolName>(
    this: ToolCaller<"">,
    name: N,
    args: ToolArguments[N],
    origin?: CallOrigin,
  ): Promise<ToolAnswer<N>>;
  handleToolCall<const N extends string>(
    name: N,
    ...args: ArgumentsFor<P, N>
  ): Promise<AnswerFor<P, N>>;
  handleToolCall(name: string, args?: unknown, origin?: CallOrigin): Promise<ToolAnswer> {
    if (!this.#signals.isOn) return this.#handler.handleToolCall(name, args, origin);
    return this.#signals.tell(
      () => this.#activityOf(name, args, origin),
      () => this.#handler.handleToolCall(name, args, origin),
      (answer) => ({
        code: answer.success ? undefined : answer.code,
        attributes: this.#capture.values
          ? { [ATTRIBUTE.toolResult]: this.#capture.json(answer) }
          : undefined,
      }),
    );
  }

  tools(): ToolDefinition[] {
    return this.#handler.tools();
  }

  availableTools(): string[] {
    return this.#handler.availableTools();
  }

  knows(name: string): boolean {
    return this.#handler.knows(name);
  }

  can(name: string): boolean {
    return this.#handler.can(name);
  }

  accessSummary(): AccessSummary {
    return this.#handler.accessSummary();
  }

  toFailure(name: unknown, error: unknown): ToolFailure {
    return this.#handler.toFailure(name, error);
  }

  causeOf(failure: ToolFailure): unknown {
    return this.#handler.causeOf?.(failure);
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
    const isKnown = this.#handler.knows(name);
    const activity = this.#makeActivity(isKnown ? name : "_OTHER");
    if (isKnown) this.#activities.set(name, activity);
    return activity;
  }

  #makeActivity(tool: string): Activity {
    const agent = this.#signals.agent(this.#handler.agentName);
    const tenant = this.#signals.tenant(this.#handler.tenantId);
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
