/** As Anthropic's API wants it, which takes only objects: the text that is no JSON, under a name that says so. */
const NAME = "INVALID_JSON";

export const wrapText = (text: string): string => JSON.stringify({ [NAME]: text });

/** The text that was wrapped, or arguments as they are. */
export function unwrapText(input: unknown): unknown {
  if (typeof input !== "object" || input === null) return input;
  const [entry, ...more] = Object.entries(input);
  const isWrapped = entry?.[0] === NAME && typeof entry[1] === "string" && more.length === 0;
  return isWrapped ? entry[1] : input;
}
