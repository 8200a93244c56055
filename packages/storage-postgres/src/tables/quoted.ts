/** A name as SQL spells it when it may hold anything. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
