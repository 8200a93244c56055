/** A message in the form that OpenAI, the AI SDK and LangChain take; Anthropic takes `system` apart from the others. */
export interface PromptMessage {
  readonly role: "system" | "user";
  readonly content: string;
}
