/** The value of one column of a written row. */
export type Scalar = string | number | boolean | null;
/** The same, for columns that may also be lists of text. */
export type Value = Scalar | readonly string[];

/** An array in PostgreSQL's text format. The driver's own conversion is slower and treats nested lists as a matrix. */
export function toArrayText(list: readonly Scalar[]): string {
  let text = "{";
  for (const element of list) {
    if (text.length > 1) text += ",";
    text += typeof element === "string" ? quotedElement(element) : String(element ?? "NULL");
  }
  return `${text}}`;
}

function quotedElement(text: string): string {
  if (!/["\\]/.test(text)) return `"${text}"`;
  // JSON escapes these two in the same way, at a third of the cost, but control characters too, which arrays must not.
  return /\p{Cc}/u.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : JSON.stringify(text);
}
