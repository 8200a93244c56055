/** What stands in one column of a row that is written. */
export type Scalar = string | number | boolean | null;

/**
 * A list as PostgreSQL spells an array. The driver would do it too, but takes lists inside of lists for a matrix, and
 * far longer.
 */
export function toArrayText(list: readonly Scalar[]): string {
  let text = "{";
  for (const element of list) {
    if (text.length > 1) text += ",";
    text += typeof element === "string" ? quoted(element) : String(element ?? "NULL");
  }
  return `${text}}`;
}

function quoted(text: string): string {
  return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, "\\$&") : text}"`;
}
