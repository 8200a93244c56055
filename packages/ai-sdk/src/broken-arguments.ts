/** The property that holds text which is not JSON: Anthropic's API accepts only objects. */
const NAME = "INVALID_JSON";

export const wrapText = (text: string): string => JSON.stringify({ [NAME]: text });

/** The text that was wrapped, or arguments as they are. */
export function unwrapText(input: unknown): unknown {
  if (typeof input !== "object" || input === null || !Object.hasOwn(input, NAME)) return input;
  const { [NAME]: text, ...more } = input as { readonly [NAME]: unknown };
  return typeof text === "string" && Object.keys(more).length === 0 ? text : input;
}
