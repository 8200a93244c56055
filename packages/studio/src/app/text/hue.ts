/** The hue of an agent, 0 to 359: always the same for a name, so that a person recognises an agent in every view. */
export function hueOf(name: string): number {
  let hash = 2166136261;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619) >>> 0;
  // Neighbours in a short list differ clearly: 24 hues, 15 degrees apart.
  return ((hash >>> 8) % 24) * 15;
}
