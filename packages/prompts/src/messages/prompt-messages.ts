import type { AgentContext, MeshSchema } from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import { CONTEXT_OPTION_NAMES, type ContextOptions } from "../context/context-options.ts";
import { drawContext } from "../context/render-context.ts";
import type { RenderedContext } from "../context/rendered-context.ts";
import type { PromptMessage } from "./prompt-message.ts";
import { systemPrompt, type SystemPromptOptions } from "./system-prompt.ts";

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

export interface PromptMessages extends RenderedContext {
  /** The system message, and the user message with context and message if there is either. */
  readonly messages: readonly PromptMessage[];
}

/** A whole prompt: instructions as the system message, context and your message as the user message. */
export async function promptMessages(
  agent: AgentContext<MeshSchema>,
  options: PromptMessagesOptions = {},
): Promise<PromptMessages> {
  checkOptions(options, OPTIONS);
  const { system, header, instructions, message = "" } = options;
  const rendered = await drawContext(agent as unknown as AgentContext, options, false);
  const said = [rendered.text, message].filter((text) => text !== "");
  return {
    ...rendered,
    messages: [
      { role: "system", content: systemPrompt(system, { header, instructions }) },
      ...(said.length > 0 ? [{ role: "user", content: said.join("\n\n") } as const] : []),
    ],
  };
}
