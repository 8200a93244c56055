import type { Random } from "@syntha/testing-random";

/** Names that a faulty storage may confuse with one another, or with a part or pattern of one another. */
export const TENANTS: readonly string[] = [
  "tenant-1",
  "acme",
  "ACME Corp",
  "a_b",
  "100%",
  "a/b/c",
  "a:t",
  "Stra\u00DFe",
  "caf\u00E9",
  "I\u0307stanbul",
  "\u65E5\u672C",
  "\u{1F98A}den",
  "O'Brien",
  "__proto__",
  "null",
  "x".repeat(255),
];

/** Letters, and letters that look or sort like them or normalize to them. */
const HOMOGLYPHS: Readonly<Record<string, readonly string[]>> = {
  a: ["\u0430", "\u00E1", "\u0251", "\uFF41", "\u00AA"],
  A: ["\u0410", "\uFF21"],
  e: ["\u0435", "\u0117", "\uFF45"],
  i: ["\u0131", "\u0456", "l", "1"],
  o: ["\u043E", "0", "\uFF4F"],
  t: ["\uFF54", "+"],
  c: ["\u0441", "\uFF43"],
  n: ["\u0578"],
  x: ["\u0445", "\u00D7"],
  "1": ["l", "I", "\u00B9", "\uFF11", "01"],
  "0": ["O", "o", "\uFF10"],
  "-": ["\u2010", "\u2212", "_", "\u00AD", ""],
  "/": ["\u2215", "\\", "//", "%2F"],
  ":": ["\uFF1A", "%3A"],
  " ": ["\u00A0", "  ", "", "\t"],
  "'": ["''", "\u2019", "\\'"],
  _: ["%", "*", "?", "\\_"],
  "%": ["_", "*", "%25", "\\%"],
  "\u00DF": ["ss", "\u1E9E"],
};

/** Prefixes and suffixes of a name, separated by spaces. */
const AFFIXES: readonly string[] = (
  "0 1 - / : % _ * . ' \" \\ ; -- a " +
  "\u200B \u200D \uFEFF \u202E \u0301 \uFE0F \u{E0061} \u{10FFFF}"
)
  .split(" ")
  .concat(" ", "\n");

const TRANSFORMS: readonly ((name: string) => string)[] = [
  (name) => name.toUpperCase(),
  (name) => name.toLowerCase(),
  (name) => name.normalize("NFD"),
  (name) => name.normalize("NFKC"),
  (name) => name.normalize("NFKD"),
  (name) => encodeURIComponent(name),
  (name) => JSON.stringify(name),
  (name) => `%${name}%`,
  (name) => `../${name}`,
  (name) => `${name}' OR '1'='1`,
  (name) => `${name}/../${name}`,
  (name) => `^${name}$`,
  (name) => Array.from(name).toReversed().join(""),
];

/** A different name that is similar to this one. */
export function lookAlike(name: string, random: Random): string {
  for (;;) {
    let like = change(name, random);
    while (like !== "" && random.chance(0.2)) like = change(like, random);
    const bytes = new TextEncoder().encode(like).length;
    if (like !== name && like !== "" && bytes <= 256 && like.isWellFormed()) return like;
  }
}

function change(name: string, random: Random): string {
  const letters = Array.from(name);
  const at = random.below(letters.length);
  switch (random.below(8)) {
    case 0:
      return letters.slice(0, at).join("");
    case 1:
      return letters.slice(at + 1).join("");
    case 2:
      return `${name}${random.pick(AFFIXES)}`;
    case 3:
      return `${random.pick(AFFIXES)}${name}`;
    case 4:
      return letters.with(at, random.pick(["%", "_", "*", "?", ".", "[a-z]"])).join("");
    case 5:
      return random.pick(TRANSFORMS)(name);
    default: {
      const letter = letters[at] ?? "";
      const flipped = letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
      const homoglyph = random.pick(HOMOGLYPHS[letter] ?? [flipped]);
      return letters.with(at, random.chance(0.3) ? flipped : homoglyph).join("");
    }
  }
}
