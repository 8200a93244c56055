import type { AgentContext, MeshSchema } from "@syntha/core";
import { checkOptions } from "@syntha/core/storage";
import { checkState, type ContextState } from "../context/context-state.ts";
import type { PromptMessage } from "../messages/prompt-messages.ts";
import { type ChangesOptions, checkChangesOptions, THREAD } from "./changes-options.ts";
import { type RenderedChanges, renderChanges, renderStart } from "./render-changes.ts";

/** The result of {@link ContextThread.next}. */
export interface ThreadStep extends RenderedChanges {
  /** The message to append to the conversation; undefined if there is nothing new. */
  readonly message: PromptMessage | undefined;
}

/**
 * Renders an agent's context for one conversation: first all of it, then the changes, message by message. Earlier messages
 * keep their bytes, so a provider's prompt cache stays valid.
 * @example
 * const thread = new ContextThread(agent, { budget: { tokens: 2_000 } });
 * const { message } = await thread.next(); // before each call of the model
 * if (message) messages.push(message);
 * @see {@link renderContext} and {@link renderChanges} for single steps
 */
export class ContextThread {
  readonly #agent: AgentContext;
  readonly #options: ChangesOptions;
  #state: ContextState | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param state the stored {@link state} of this conversation; without it, a new conversation starts
   * @throws INVALID_ARGUMENTS for a state of another agent, and for invalid options
   */
  constructor(agent: AgentContext<MeshSchema>, options: ChangesOptions = {}, state?: ContextState) {
    this.#agent = agent as unknown as AgentContext;
    checkOptions(options, THREAD);
    this.#options = { ...options };
    checkChangesOptions(this.#options);
    if (state !== undefined) checkState(state, this.#agent);
    this.#state = state;
  }

  /**
   * The items that the conversation contains so far; undefined before the first step. Store it with the messages: a
   * conversation that resumes from an earlier state gets the changes after that state again.
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
        ? await renderStart(this.#agent, this.#options)
        : await renderChanges(this.#agent, this.#state, this.#options);
    this.#state = rendered.state;
    const { text } = rendered;
    return { ...rendered, message: text === "" ? undefined : { role: "user", content: text } };
  }
}
