import type { ToolFailure } from "@syntha/tools";
import { z } from "zod";

import type { Duty } from "./duties/duty.ts";
import type { HeardCall } from "./heard-handler.ts";
import type { DecisionTool } from "./model-run.ts";

/** Decisions that are handed back, until the model is given up. */
const MOST_WRONG = 3;

/** The place where a model hands in its decision: takes the first that is right. */
export class HandIn<Told, Known, Decision> {
  /** Undefined until there is one. */
  decision: { value: Decision } | undefined;
  /** Of the last that was wrong. */
  problem: string | undefined;
  readonly #duty: Duty<Told, Known, Decision>;
  readonly #known: Known;
  readonly #hear: (call: HeardCall) => void;
  #wrong = 0;

  constructor(duty: Duty<Told, Known, Decision>, known: Known, hear: (call: HeardCall) => void) {
    this.#duty = duty;
    this.#known = known;
    this.#hear = hear;
  }

  get tool(): DecisionTool {
    const { $schema: _, ...parameters } = z.toJSONSchema(this.#duty.schema);
    return {
      ...this.#duty.tool,
      parameters: parameters as DecisionTool["parameters"],
      take: (args) => this.#take(args),
    };
  }

  get wrong(): number {
    return this.#wrong;
  }

  readonly isOver = (): boolean => this.decision !== undefined || this.#wrong >= MOST_WRONG;

  #take(args: unknown): object {
    const answer = this.#judge(args);
    this.#hear({ tool: this.#duty.tool.name, arguments: args, answer });
    return answer;
  }

  #judge(args: unknown): { success: true } | ToolFailure {
    // The first counts: a model that calls it twice in one message has not thought again.
    if (this.decision !== undefined) return { success: true };
    const read = this.#duty.schema.safeParse(args);
    const problem = read.success
      ? this.#duty.problem(read.data, this.#known)
      : spellIssues(read.error);
    if (read.success && problem === undefined) {
      this.decision = { value: this.#duty.toDecision(read.data, this.#known) };
      return { success: true };
    }
    this.#wrong += 1;
    this.problem = problem ?? "";
    return {
      success: false,
      code: "INVALID_ARGUMENTS",
      error: this.problem,
      hint: `Mend it and call ${this.#duty.tool.name} again.`,
      retry: "corrected_call",
    };
  }
}

function spellIssues({ issues }: z.ZodError): string {
  return issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ");
}
