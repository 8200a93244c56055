import type { AgentContext } from "@syntha/core";
import * as tools from "@syntha/tools";
import { z } from "zod";
import type { DecisionKind, On, Result } from "../desk/decision-maker.ts";
import { type Duty, WrongDecision } from "./duties.ts";

/** Decisions that are handed back before the model is given up. */
const MAX_WRONG = 3;

/** The tools of a model for one decision: those of its agent for reading, and the one that hands in the decision. */
export class DecisionHandler<K extends DecisionKind> extends tools.ToolHandlerWrapper {
  /** Calls in their order, with their answers. */
  readonly calls: { tool: string; arguments: unknown; answer: object }[] = [];
  /** Undefined until there is one. The first counts. */
  decision: { value: Result<K> } | undefined;
  /** What was wrong with the last decision. */
  problem: string | undefined;
  wrong = 0;
  readonly #duty: Duty<K>;
  readonly #on: On<K>;

  constructor(duty: Duty<K>, on: On<K>, agent: AgentContext) {
    // All that is written, the desk's own code writes.
    super(new tools.ToolHandler(agent, { role: ["get_context", "list_context"] }));
    [this.#duty, this.#on] = [duty, on];
  }

  /** Nothing more is to be asked. */
  readonly isOver = (): boolean => this.decision !== undefined || this.wrong >= MAX_WRONG;

  override knows(name: string): boolean {
    return name === this.#duty.tool || super.knows(name);
  }

  override can(name: string): boolean {
    return name === this.#duty.tool || super.can(name);
  }

  override tools<D extends tools.SchemaDialect = "strict">(options?: tools.ToolsOptions<D>) {
    const { $schema: _, ...parameters } = z.toJSONSchema(this.#duty.schema);
    const [first, ...others] = super.tools(options);
    const own = { name: this.#duty.tool, description: "Hands in your decision.", parameters };
    return [first, ...others, { ...first, ...own }] as tools.ToolDefinition<D>[];
  }

  protected override async answer(tool: string, args: unknown, options?: tools.CallOptions) {
    const isOwn = tool === this.#duty.tool;
    const answer = isOwn
      ? this.#handIn(args)
      : await this.handler.handleToolCall(tool, args, options);
    this.calls.push({ tool, arguments: args, answer });
    return answer as tools.ToolAnswer;
  }

  #handIn(args: unknown): object {
    if (this.decision !== undefined) return { success: true };
    try {
      const given: unknown = typeof args === "string" ? JSON.parse(args) : args;
      const answer = this.#duty.schema.parse(given) as never;
      this.decision = { value: this.#duty.accept(answer, this.#on) };
      return { success: true };
    } catch (error) {
      this.wrong += 1;
      this.problem = describe(error);
      const hint = `Correct it and call ${this.#duty.tool} again.`;
      const code = "INVALID_ARGUMENTS";
      return { success: false, code, error: this.problem, hint, retry: "corrected_call" };
    }
  }
}

function describe(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error).slice(0, 500);
  if (error instanceof WrongDecision) return error.message;
  if (error instanceof SyntaxError) return "The arguments are not valid JSON.";
  throw error;
}
