/**
 * A message in the form that OpenAI, the AI SDK and LangChain take. Anthropic takes what `system` says apart from the
 * others.
 */
export type PromptMessage =
  | { readonly role: "system"; readonly content: string }
  | { readonly role: "user"; readonly content: string };
