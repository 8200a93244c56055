const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OBJECT_ONLY = "Write the arguments as one JSON object, and nothing around it.";

/** What to correct in text that is not JSON: the mistakes of models, most frequent first. */
export function jsonErrorHint(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{")) return OBJECT_ONLY;
  if (/^\{\s*'/.test(trimmed)) return "Write names and text in double quotes.";
  const end = endOfObject(trimmed);
  if (end === undefined)
    return `It ends too early, after ${JSON.stringify(trimmed.slice(-20))}: write the whole object again.`;
  if (end < trimmed.length) return OBJECT_ONLY;
  if (/,\s*[}\]]/.test(trimmed)) return "Remove the comma before the closing bracket.";
  if (/[:,[]\s*(None|True|False)\b/.test(trimmed)) return "Write null, true and false.";
  return "Write one JSON object, with escaped line breaks and quotes in its texts.";
}

/** The index after the bracket that closes the first one; undefined if it, or a text in it, stays open. */
function endOfObject(text: string): number | undefined {
  let [depth, isInText] = [0, false];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (isInText && unit === BACKSLASH) i++;
    else if (unit === QUOTE) isInText = !isInText;
    else if (!isInText && (unit === 0x7b || unit === 0x5b)) depth++;
    else if (!isInText && (unit === 0x7d || unit === 0x5d) && --depth === 0) return i + 1;
  }
  return undefined;
}
