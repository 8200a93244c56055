import type { Effect, ToolCaller } from "@syntha/tools";

/** The effects of the tools that an agent may call. */
export class ToolEffects {
  readonly #tools: ToolCaller;
  #known = new Map<string, Effect>();

  constructor(tools: ToolCaller) {
    this.#tools = tools;
  }

  /** Undefined if the agent may not call it now. */
  of(name: string): Effect | undefined {
    if (!this.#tools.can(name)) return undefined;
    if (!this.#known.has(name))
      // The role may have changed since.
      this.#known = new Map(this.#tools.tools().map((tool) => [tool.name, tool.effect]));
    return this.#known.get(name);
  }
}
