export type { ChangesOptions } from "./changes/changes-options.ts";
export { ContextThread, type ThreadStep } from "./changes/context-thread.ts";
export {
  type FullBlockReason,
  renderChanges,
  type RenderedChanges,
} from "./changes/render-changes.ts";
export {
  type ChangesSinceOptions,
  type RenderedChangesSince,
  renderChangesSince,
} from "./changes/render-changes-since.ts";
export type { ContextOptions } from "./context/context-options.ts";
export type { ContextState, ShownItem } from "./context/context-state.ts";
export { renderContext } from "./context/render-context.ts";
export type {
  IncludedItem,
  OmittedItem,
  OmittedReason,
  RenderedContext,
} from "./context/rendered-context.ts";
export { fillPrompt, type FilledPrompt, type FillOptions } from "./messages/fill-prompt.ts";
export {
  CONTEXT_PLACEHOLDER,
  type ContextPlace,
  placeContext,
  PROMPT_TEMPLATES,
} from "./messages/place-context.ts";
export {
  type PromptMessage,
  type PromptMessages,
  promptMessages,
  type PromptMessagesOptions,
} from "./messages/prompt-messages.ts";
export {
  CONTEXT_INSTRUCTIONS,
  systemPrompt,
  type SystemPromptOptions,
} from "./messages/system-prompt.ts";
export type { Priority, PriorityRule } from "./selection/priority.ts";
export type { Selection } from "./selection/selection.ts";
export type { BudgetOptions } from "./tokens/budget.ts";
export { estimateTokens } from "./tokens/estimate-tokens.ts";
