import type { AgentContext, MeshSchema } from "@syntha/core";
import { checkOptions } from "@syntha/core/storage";
import { checkState, type ContextState } from "../context/context-state.ts";
import type { PromptMessage } from "../messages/prompt-message.ts";
import { type ChangesOptions, checkChangesOptions, THREAD } from "./changes-options.ts";
import { drawAll, type RenderedChanges, renderChanges } from "./render-changes.ts";

export interface ThreadStep extends RenderedChanges {
  /** The message to append to the conversation; undefined if there is nothing new. */
  readonly message: PromptMessage | undefined;
}

/**
 * One conversation's view of an agent's context: first all of it, then the changes, message by message, so that no byte
 * that was sent before changes and the provider's prompt cache keeps hitting.
 */
export class ContextThread {
  readonly #agent: AgentContext;
  readonly #options: ChangesOptions;
  #state: ContextState | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param state the `state` of this conversation; without it, a new one starts. */
  constructor(agent: AgentContext<MeshSchema>, options: ChangesOptions = {}, state?: ContextState) {
    this.#agent = agent as unknown as AgentContext;
    checkOptions(options, THREAD);
    this.#options = { ...options };
    checkChangesOptions(this.#options);
    if (state !== undefined) checkState(state, this.#agent);
    this.#state = state;
  }

  /**
   * What the conversation contains so far; undefined before the first step. Store it with the messages: a conversation that
   * resumes from an earlier state gets the changes after that state again.
   */
  get state(): ContextState | undefined {
    return this.#state;
  }

  /** Renders the next step. Steps run one after the other; a failed step changes nothing. */
  next(): Promise<ThreadStep> {
    const step = this.#last.then(() => this.#step());
    this.#last = step.catch(() => {});
    return step;
  }

  async #step(): Promise<ThreadStep> {
    const rendered =
      this.#state === undefined
        ? await drawAll(this.#agent, this.#options, "FIRST")
        : await renderChanges(this.#agent, this.#state, this.#options);
    this.#state = rendered.state;
    const { text } = rendered;
    return { ...rendered, message: text === "" ? undefined : { role: "user", content: text } };
  }
}
