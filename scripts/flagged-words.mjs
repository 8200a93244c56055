/**
 * A word or phrase that technical English rarely needs, in all its forms.
 *
 * @typedef {object} FlaggedWord
 * @property {string} name
 * @property {string[]} forms in lower case
 * @property {string} instead what Node's, Stripe's or PostgreSQL's docs would say
 * @property {number} [elsewhere] occurrences per 10,000 lines of source in {@link COMPARED}
 */

/**
 * The TypeScript codebases whose sources were counted for `elsewhere`: admired ones, of many authors, each close to
 * this project in size or subject.
 */
export const COMPARED = [
  "abstract-level",
  "kysely",
  "cockatiel",
  "graphile/worker",
  "hono",
  "vercel/ai",
  "jose",
  "replicache",
];

/** Between the words of a phrase: a space, or a new line of a comment. */
const SPACE = String.raw`\s+(?:(?:\*|//)\s+)?`;

/** @type {readonly FlaggedWord[]} */
export const FLAGGED_WORDS = [
  {
    name: "tell",
    forms: ["tell", "tells", "telling", "told"],
    instead: "return, report, emit, receive",
    elsewhere: 1.4,
  },
  { name: "behind", forms: ["behind"], instead: "after", elsewhere: 0.3 },
  { name: "anew", forms: ["anew"], instead: "again, or re-", elsewhere: 0 },
  { name: "nobody", forms: ["nobody"], instead: "no agent, no one", elsewhere: 0 },
  { name: "somebody", forms: ["somebody"], instead: "an agent, a caller" },
  { name: "whoever", forms: ["whoever"], instead: "the caller, any agent that", elsewhere: 0 },
  {
    name: "hear",
    forms: ["hear", "hears", "hearing", "heard", "unheard"],
    instead: "receive, listen",
  },
  { name: "of its own", forms: ["of its own", "of their own"], instead: "own, a separate" },
  { name: "as far as", forms: ["as far as"], instead: "up to, if" },
  { name: "so many", forms: ["so many"], instead: "that many, a number" },
  { name: "in the midst of", forms: ["in the midst"], instead: "during" },
  { name: "gone", forms: ["gone"], instead: "deleted, expired, closed" },
  { name: "lapse", forms: ["lapse", "lapses", "lapsed"], instead: "expire" },
  { name: "nudge", forms: ["nudge", "nudges", "nudged"], instead: "wake, signal" },
  { name: "breath", forms: ["breath", "breathe"], instead: "yield to the event loop" },
  { name: "mood", forms: ["mood", "moods"], instead: "the mechanism's technical name" },
  { name: "mind", forms: ["mind", "minds"], instead: "the mechanism's technical name" },
  {
    name: "patience",
    forms: ["patience", "patient", "patiently"],
    instead: "timeout, retry",
  },
  { name: "silence", forms: ["silence", "silences"], instead: "unsubscribe, no output" },
  { name: "quietly", forms: ["quietly"], instead: "without an error" },
  { name: "there is none", forms: ["there is none", "there are none"], instead: "null, no …" },
];

/**
 * @typedef {object} Occurrence
 * @property {number} line from 1
 * @property {string} text the line where it begins, trimmed
 */

/**
 * Every occurrence of a form: as a word of prose, and as a part of a name in camel case or snake case, so that "told"
 * occurs in `toldAfter` and `TOLD_AT`, and not in "toldless".
 *
 * @param {readonly string[]} forms
 * @param {string} text
 * @returns {Occurrence[]}
 */
export function occurrencesOf(forms, text) {
  // Most files hold none of them, and a search for plain text finds that fast.
  const lowerCase = text.toLowerCase();
  const present = forms.filter((form) => lowerCase.includes(form.split(" ")[0] ?? form));
  if (present.length === 0) return [];
  const pattern = new RegExp(present.map(patternOf).join("|"), "g");
  const lines = text.split("\n");
  let line = 0;
  let lineEnd = lines[0]?.length ?? 0;
  return Array.from(text.matchAll(pattern), ({ index }) => {
    while (lineEnd < index) lineEnd += 1 + (lines[++line]?.length ?? 0);
    return { line: line + 1, text: lines[line]?.trim() ?? "" };
  });
}

/** @param {string} form */
function patternOf(form) {
  const capitalized = (form[0]?.toUpperCase() + form.slice(1)).replaceAll(" ", SPACE);
  return [
    `(?<![A-Za-z])(?:${form.replaceAll(" ", SPACE)}|${capitalized})(?![a-z])`,
    `(?<=[a-z0-9])${capitalized}(?![a-z])`,
    `(?<![A-Za-z])${form.toUpperCase().replaceAll(" ", SPACE)}(?![A-Za-z])`,
  ].join("|");
}
