import { conceptsOf } from "./concepts.ts";
import { type Category, type Intent, intents } from "./intents.ts";
import type { Concept } from "./lexicon.ts";

/** What the sentences together ask for; `undefined` when nothing in them is known. */
export function classify(
  sentences: readonly string[],
): { category: Category; intent: Intent } | undefined {
  const points = new Map<Intent, number>();
  for (const sentence of sentences) {
    const concepts = conceptsOf(sentence);
    for (const intent of Object.keys(intents) as Intent[]) {
      const earned = bestSign(intent, concepts);
      if (earned > 0) points.set(intent, (points.get(intent) ?? 0) + earned);
    }
  }
  const [first] = [...points].sort(([, a], [, b]) => b - a);
  return first && { category: intents[first[0]].category, intent: first[0] };
}

function bestSign(intent: Intent, concepts: ReadonlySet<Concept>): number {
  let best = 0;
  for (const [points, ...all] of intents[intent].signs) {
    if (points > best && all.every((concept) => concepts.has(concept))) best = points;
  }
  return best;
}
