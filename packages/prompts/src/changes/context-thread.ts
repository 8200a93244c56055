import type { AgentContext, MeshSchema } from "@syntha/core";
import { checkOptions } from "@syntha/core/storage";
import { checkState, type ContextState } from "../context/context-state.ts";
import type { PromptMessage } from "../messages/prompt-message.ts";
import { type ChangesOptions, checkChangesOptions, THREAD } from "./changes-options.ts";
import { drawAll, type RenderedChanges, renderChanges } from "./render-changes.ts";

export interface ThreadStep extends RenderedChanges {
  /** To append to the conversation; undefined when there is nothing to tell. */
  readonly message: PromptMessage | undefined;
}

/**
 * One conversation's view of an agent's context: first all of it, then what has changed, message by message, so that
 * no byte that was sent before ever changes and the provider's prompt cache keeps hitting.
 */
export class ContextThread {
  readonly #agent: AgentContext;
  readonly #options: ChangesOptions;
  #state: ContextState | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param state what `state` told of this conversation before; without it, one begins. */
  constructor(agent: AgentContext<MeshSchema>, options: ChangesOptions = {}, state?: ContextState) {
    this.#agent = agent as unknown as AgentContext;
    checkOptions(options, THREAD);
    this.#options = { ...options };
    checkChangesOptions(this.#options);
    if (state !== undefined) checkState(state, this.#agent);
    this.#state = state;
  }

  /**
   * What has been told so far; undefined before the first step. Keep it with the messages, as they are: a conversation
   * that is taken up from an earlier state is told again what its messages do not hold.
   */
  get state(): ContextState | undefined {
    return this.#state;
  }

  /** The next part to tell. Steps are taken one after the other; one that fails changes nothing. */
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
