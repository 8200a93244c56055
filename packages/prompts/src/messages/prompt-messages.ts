import type { AgentContext, MeshSchema } from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import { CONTEXT_OPTION_NAMES, type ContextOptions } from "../context/context-options.ts";
import { renderFirstBlock } from "../context/render-context.ts";
import type { RenderedContext } from "../context/rendered-context.ts";
import { systemPrompt, type SystemPromptOptions } from "./system-prompt.ts";

/** A message as OpenAI, the AI SDK and LangChain accept it. For Anthropic, pass the system message as `system`. */
export type PromptMessage =
  | { readonly role: "system"; readonly content: string }
  | { readonly role: "user"; readonly content: string };

/** Options of {@link promptMessages}. */
export interface PromptMessagesOptions extends ContextOptions, SystemPromptOptions {
  /** Your own instructions, after those for reading context. */
  readonly system?: string | undefined;
  /** The user's message, after the context. */
  readonly message?: string | undefined;
}

const OPTIONS = knownOptions<PromptMessagesOptions>("promptMessages", {
  ...CONTEXT_OPTION_NAMES,
  header: true,
  instructions: true,
  system: true,
  message: true,
});

/** The result of {@link promptMessages}. */
export interface PromptMessages extends RenderedContext {
  /** The system message, and the user message with context and message if there is either. */
  readonly messages: readonly PromptMessage[];
}

/**
 * Renders a whole prompt: instructions as the system message, context and your message as the user message.
 * @throws INVALID_ARGUMENTS for invalid options
 * @example
 * const { messages } = await promptMessages(agent, { system: "You are Worker.", message: "What now?" });
 */
export async function promptMessages(
  agent: AgentContext<MeshSchema>,
  options: PromptMessagesOptions = {},
): Promise<PromptMessages> {
  checkOptions(options, OPTIONS);
  const { system, header, instructions, message = "" } = options;
  const rendered = await renderFirstBlock(agent as unknown as AgentContext, options);
  const parts = [rendered.text, message].filter((text) => text !== "");
  return {
    ...rendered,
    messages: [
      { role: "system", content: systemPrompt(system, { header, instructions }) },
      ...(parts.length > 0 ? [{ role: "user", content: parts.join("\n\n") } as const] : []),
    ],
  };
}
