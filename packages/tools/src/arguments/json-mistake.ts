const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What to correct in text that is not JSON: the mistakes that models make, by how often they do. */
export function jsonMistake(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{"))
    return "Write the arguments as one JSON object, and nothing around it.";
  if (/^\{\s*'/.test(trimmed)) return "Write names and text in double quotes.";
  if (endsEarly(trimmed))
    return `It ends too early, after ${JSON.stringify(trimmed.slice(-20))}: write the whole object again.`;
  if (/,\s*[}\]]/.test(trimmed)) return "Remove the comma before the closing bracket.";
  if (/[:,[]\s*(None|True|False)\b/.test(trimmed)) return "Write null, true and false.";
  return "Write one JSON object, with line breaks and quotes inside of text escaped.";
}

/** Whether text is open, or more brackets were opened than closed. */
function endsEarly(text: string): boolean {
  let [depth, isText] = [0, false];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (isText && unit === BACKSLASH) i++;
    else if (unit === QUOTE) isText = !isText;
    else if (!isText && (unit === 0x7b || unit === 0x5b)) depth++;
    else if (!isText && (unit === 0x7d || unit === 0x5d)) depth--;
  }
  return isText || depth > 0;
}
