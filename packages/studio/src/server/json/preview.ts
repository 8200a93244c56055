/** Characters of a preview. */
const MAX_PREVIEW = 1_024;

const encoder = new TextEncoder();

export interface Preview {
  readonly preview: string;
  readonly bytes: number;
}

/** The beginning of a JSON text, and its size. */
export function previewOf(value: unknown): Preview {
  const text = JSON.stringify(value);
  return { preview: beginningOf(text), bytes: encoder.encode(text).length };
}

/** Does not split a character in two. */
function beginningOf(text: string): string {
  if (text.length <= MAX_PREVIEW) return text;
  const last = text.charCodeAt(MAX_PREVIEW - 1);
  const isHalf = last >= 0xd800 && last < 0xdc00;
  return text.slice(0, isHalf ? MAX_PREVIEW - 1 : MAX_PREVIEW);
}
