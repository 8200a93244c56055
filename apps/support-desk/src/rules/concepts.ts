import { type Concept, lexicon } from "./lexicon.ts";
import { plainWords, swearWords } from "./plain-words.ts";
import { Spelling } from "./spelling.ts";

const LONGEST_PHRASE = 3;

const headings = readLexicon();
const spelling = new Spelling(
  [...headings.keys()]
    .flatMap((phrase) => phrase.split(" "))
    .filter((word) => !plainWords.has(word)),
  [...plainWords, ...swearWords],
);

/** The sentences of a message. A dot after a title or inside a number ends none. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=(?<!\b(?:mr|mrs|ms|dr|no))[.!?…])\s+|\n+/i)
    .filter((sentence) => sentence.trim() !== "");
}

/** The words of a sentence in lower case, as they were typed. */
export function wordsOf(sentence: string): string[] {
  return sentence
    .toLowerCase()
    .replace(/[’']/g, "'")
    .replace(/\bcan'?t\b|\bcannot\b/g, "can not")
    .replace(/\bwon'?t\b/g, "will not")
    .replace(
      /\b(do|does|did|is|are|was|were|has|have|could|would|should|ai)n(?:'| )?t\b/g,
      "$1 not",
    )
    .replace(/'\w+\b/g, "")
    .replace(/[$€£]/g, " dollars ")
    .replace(/(\p{L})(?=\d)/gu, "$1 ")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** The headings of the lexicon that a sentence touches. */
export function conceptsOf(sentence: string): Set<Concept> {
  const words = wordsOf(sentence)
    .filter((word) => !swearWords.has(word))
    .flatMap((word) => spelling.read(word));
  const found = new Set<Concept>();
  for (let at = 0; at < words.length;) {
    const { concepts, length } = longestPhrase(words, at);
    for (const concept of concepts) found.add(concept);
    at += length;
  }
  return found;
}

function longestPhrase(
  words: readonly string[],
  at: number,
): { concepts: readonly Concept[]; length: number } {
  for (let length = LONGEST_PHRASE; length >= 1; length--) {
    const concepts = headings.get(words.slice(at, at + length).join(" "));
    if (concepts !== undefined) return { concepts, length };
  }
  return { concepts: [], length: 1 };
}

function readLexicon(): Map<string, readonly Concept[]> {
  const read = new Map<string, readonly Concept[]>();
  for (const [concept, phrases] of Object.entries(lexicon) as [Concept, readonly string[]][]) {
    for (const phrase of phrases.flatMap(inflected)) {
      read.set(phrase, [...(read.get(phrase) ?? []), concept]);
    }
  }
  return read;
}

/** A phrase with the endings its first word can take; some are no words, which does no harm. */
function inflected(phrase: string): string[] {
  const [word = "", ...rest] = phrase.split(" ");
  const stem = word.replace(/([^e])e$/, "$1");
  const doubled = /[^aeiou][aeiou][bdglmnprt]$/.test(word) ? word + word.slice(-1) : stem;
  const plural = word.replace(/([^aeiou])y$/, "$1ie").replace(/(s|x|ch|sh)$/, "$1e");
  const endings = [word, `${plural}s`, `${stem}ed`, `${stem}ing`, `${doubled}ed`, `${doubled}ing`];
  return [...new Set(endings)].map((form) => [form, ...rest].join(" "));
}
