import { SynthaError } from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import { checkText } from "./check-text.ts";

/** Where context goes in an existing prompt. */
export type ContextPlace = "prepend" | "append" | { readonly placeholder: string };

/** The placeholder for context in `PROMPT_TEMPLATES`. */
export const CONTEXT_PLACEHOLDER = "{{context}}";

/**
 * User messages with a placeholder for context; append your own message.
 * @example
 * const prompt = placeContext(PROMPT_TEMPLATES.answer, text);
 */
export const PROMPT_TEMPLATES = {
  answer: `What the team knows:

{{context}}

Use it to answer what follows. Name the keys that you rely on. If the answer is not in it, say so.`,
  summarize: `{{context}}

Summarize the context for someone who has not followed it: what is decided, what is open, and who works on what. Name the keys. Add nothing that is not in it.`,
  handoff: `{{context}}

You take over this work. State what is done, what comes next, and what you must ask, and whom, before you can continue.`,
  review: `{{context}}

Find items that contradict each other, or that are older than what they depend on. List them by key and author, with what is wrong. If there are none, say so.`,
} as const;

const PLACE = knownOptions<{ placeholder: string }>("placeContext", { placeholder: true });

/**
 * Inserts a rendered text into a prompt: before it, after it, or in place of each placeholder. Both texts are literal. An
 * empty text removes the placeholder and adds nothing.
 * @throws INVALID_ARGUMENTS if the prompt does not contain the placeholder, or something is not text
 * @example
 * placeContext("Answer the question.", text, "append");
 */
export function placeContext(
  prompt: string,
  text: string,
  place: ContextPlace = { placeholder: CONTEXT_PLACEHOLDER },
): string {
  checkText("prompt", prompt);
  checkText("text", text);
  if (place === "prepend") return [text, prompt].filter((part) => part !== "").join("\n\n");
  if (place === "append") return [prompt, text].filter((part) => part !== "").join("\n\n");
  checkOptions(place, PLACE, "place");
  checkText("place.placeholder", place.placeholder);
  const parts = place.placeholder === "" ? [prompt] : prompt.split(place.placeholder);
  if (parts.length > 1) return parts.join(text);
  const placeholder = place.placeholder || CONTEXT_PLACEHOLDER;
  throw new SynthaError("INVALID_ARGUMENTS", "The prompt does not contain the placeholder.", {
    hint: `Put ${placeholder} where the context belongs, or place it with "prepend" or "append".`,
    details: { path: "place" },
  });
}
