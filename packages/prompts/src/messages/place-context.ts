import { SynthaError } from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";

/** Where context goes in an existing prompt. */
export type ContextPlace = "prepend" | "append" | { readonly placeholder: string };

/** The placeholder for context in `PROMPT_TEMPLATES`. */
export const CONTEXT_PLACEHOLDER = "{{context}}";

const PLACE = knownOptions<{ placeholder: string }>("placeContext", { placeholder: true });

/**
 * Puts a rendered text into a prompt: before it, after it, or at each placeholder. Both texts are literal. An empty text
 * removes the placeholder and adds nothing.
 * @throws INVALID_ARGUMENTS if the prompt does not contain the placeholder
 */
export function placeContext(
  prompt: string,
  text: string,
  place: ContextPlace = { placeholder: CONTEXT_PLACEHOLDER },
): string {
  if (place === "prepend") return [text, prompt].filter((part) => part !== "").join("\n\n");
  if (place === "append") return [prompt, text].filter((part) => part !== "").join("\n\n");
  checkOptions(place, PLACE, "place");
  const parts = place.placeholder === "" ? [prompt] : prompt.split(place.placeholder);
  if (parts.length > 1) return parts.join(text);
  const wanted = place.placeholder || CONTEXT_PLACEHOLDER;
  throw new SynthaError("INVALID_ARGUMENTS", "The prompt does not contain the placeholder.", {
    hint: `Put ${wanted} where the context belongs, or place it with "prepend" or "append".`,
    details: { path: "place" },
  });
}
