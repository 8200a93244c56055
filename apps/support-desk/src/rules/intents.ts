import data from "./intents.json" with { type: "json" };

export type Intent = keyof typeof data.intents;
export type Category = (typeof data.intents)[Intent]["category"];

export const intents = Object.keys(data.intents) as Intent[];
export const categories = [...new Set(intents.map(categoryOf))];

export function categoryOf(intent: Intent): Category {
  return data.intents[intent].category;
}

/** A specialist's answer. Words in braces stand for names in the message. */
export function answerTo(intent: Intent): string {
  return data.intents[intent].answer;
}

/** Words by subject: an entry also matches with any ending, such as "cancel" in "cancellation". */
const patterns = Object.entries(data.words).map(([word, stems]) => ({
  word,
  pattern: toPattern(stems),
}));
const known = new RegExp(patterns.map(({ pattern }) => pattern.source).join("|"));
/** Stems that typing errors are corrected to. */
const vocabulary = Object.values(data.words)
  .flatMap((stems) => stems.split("|"))
  .filter((stem) => /^[a-z]{5,}$/.test(stem));
/** "cancel order 4": words that one sentence must all contain to earn the points after them. */
const signs = intents.flatMap((intent) =>
  data.intents[intent].signs.split(", ").map((sign) => {
    const all = sign.split(" ");
    return { intent, points: Number(all.pop()), all };
  }),
);

/** The intent that the sentences earn most points for, each by its best sign; undefined if there is none. */
export function classify(sentences: readonly string[]): Intent | undefined {
  const points = new Map<Intent, number>();
  for (const sentence of sentences) {
    const text = plain(sentence);
    const found = new Set(
      patterns.flatMap(({ word, pattern }) => (pattern.test(text) ? word : [])),
    );
    const best = new Map<Intent, number>();
    for (const sign of signs) {
      if (!sign.all.every((word) => found.has(word))) continue;
      best.set(sign.intent, Math.max(sign.points, best.get(sign.intent) ?? 0));
    }
    for (const [intent, earned] of best) points.set(intent, (points.get(intent) ?? 0) + earned);
  }
  return [...points].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

/** Long stems also match inside a word, because people forget blanks. */
function toPattern(stems: string): RegExp {
  const all = stems.split(/\|(?![^(]*\))/);
  return new RegExp(all.map((stem) => (/^[a-z]{6,}$/.test(stem) ? stem : `\\b${stem}`)).join("|"));
}

/** Lower case, without contractions, signs and typing errors. */
function plain(sentence: string): string {
  return sentence
    .toLowerCase()
    .replaceAll("’", "'")
    .replaceAll(/\b(?:can'?t|cannot)\b/g, "can not")
    .replaceAll(
      /\b(do|does|did|is|are|was|were|has|have|could|would|should|wo|ai)n'?t\b/g,
      "$1 not",
    )
    .replaceAll(/[$€£]/g, " dollars ")
    .replaceAll(/[^\p{L}\p{N}-]+/gu, " ")
    .replaceAll(/\b[a-z]{4,24}\b/g, (word) =>
      known.test(word) ? word : (vocabulary.find((stem) => isOneErrorAway(word, stem)) ?? word),
    );
}

/** The word begins with the stem, but for one letter that is missing, extra or wrong, or two that are swapped. */
function isOneErrorAway(word: string, stem: string): boolean {
  let at = 0;
  while (at < stem.length && word[at] === stem[at]) at++;
  if (at === 0) return false;
  const [rest, next] = [word.slice(at), word.slice(at + 1)];
  const [stemRest, stemNext] = [stem.slice(at), stem.slice(at + 1)];
  const swapped = `${stem[at + 1] ?? ""}${stem[at] ?? ""}${stem.slice(at + 2)}`;
  return [stemNext, swapped].includes(rest) || [stemNext, stemRest].includes(next);
}
