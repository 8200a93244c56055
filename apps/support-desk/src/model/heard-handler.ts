import type { AgentContext } from "@syntha/core";
import { type ToolAnswer, ToolHandler, type ToolHandlerOptions } from "@syntha/tools";

/** A call of a model's, and what it was told. */
export type HeardCall = { tool: string; arguments: unknown; answer: object };

/** A handler that tells of each call, whichever framework makes it. */
export class HeardHandler extends ToolHandler {
  readonly #hear: (call: HeardCall, ms: number) => void;

  constructor(
    agent: AgentContext,
    tools: ToolHandlerOptions<"">,
    hear: (call: HeardCall, ms: number) => void,
  ) {
    super(agent, tools);
    this.#hear = hear;
  }

  override async handleToolCall(name: string, args?: unknown): Promise<never> {
    const started = performance.now();
    const answer: ToolAnswer = await super.handleToolCall(name, args);
    this.#hear({ tool: name, arguments: args, answer }, performance.now() - started);
    return answer as never;
  }
}
