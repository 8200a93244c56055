/** A list of texts as PostgreSQL spells an array: for lists inside of lists, which the driver would take for a matrix. */
export function toArrayText(list: readonly string[]): string {
  if (list.length === 0) return "{}";
  return `{${list.map((text) => `"${text.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}
