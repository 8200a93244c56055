import { wordsOf } from "./concepts.ts";
import { swearWords } from "./plain-words.ts";

const ANGRY_FROM = 2;

/** One strong sign, or two that alone may mean little. */
const signs: readonly (readonly [points: number, sign: RegExp])[] = [
  [2, /\b(furious|outraged?|outrageous|livid|fed up|sick (and tired )?of|had enough|how dare)\b/i],
  [2, /\b(unacceptable|disgraceful|disgust(ed|ing)|appall(ed|ing)|thieves|scam(med)?|rip-?off)\b/i],
  [1, /\b(angry|ridiculous|terrible|terribly|awful|horrible|useless|joke|worst|pathetic|shame)\b/i],
  [1, /\b(lied|lying|liars?|insult(ed|ing)?|incompeten(t|ce)|clueless|nonsense|absurd)\b/i],
  [
    1,
    /\b((third|fourth|fifth|tenth) time|yet again|weeks and weeks|still nothing|nobody answers)\b/i,
  ],
  [1, /[!?]{2,}/],
  [1, /(\b[A-Z]{2,}\b[\s,]+){2,}\b[A-Z]{3,}\b/],
];

/** Whether the customer is angry, by the words and the way they are written. */
export function isAngry(text: string): boolean {
  if (wordsOf(text).some((word) => swearWords.has(word))) return true;
  const points = signs.reduce((sum, [worth, sign]) => sum + (sign.test(text) ? worth : 0), 0);
  return points >= ANGRY_FROM;
}
