/** What to do where no name starts with a prefix that was written as a pattern, as some models do. */
export function prefixHint(prefix: string | null | undefined, found: number): string | undefined {
  if (found > 0 || !prefix?.endsWith("*")) return undefined;
  return `prefix is plain text, not a pattern: pass ${JSON.stringify(prefix.replace(/\*+$/, ""))}.`;
}
