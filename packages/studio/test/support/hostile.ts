/** Returns a random integer below a number. */
export type Dice = (sides: number) => number;

/** A reproducible dice. */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** Parts of URLs, HTML, headers, streams and terminals, and characters that are rare. */
const PARTS = [
  ["/", "//", "../", "./..", "%2F", "%00", "%", "%zz", "?", "&", "=", "#", "+", ";", " ", "\\"],
  ["<script>alert(1)</script>", "</script>", "<!--", "]]>", "<img src=x onerror=alert(1)>"],
  ["javascript:alert(1)", '"', "'", "`", "${x}", "{{x}}", "&lt;", "\u2028", "\u2029"],
  ["\r\nx-injected: 1\r\n\r\n", "\n\ndata: {}\n\n", "event: put\n", "id: 1\n", "\n", "\r", ":"],
  ["\u001b[2J", "\u0007", "\u0001", "\u007f", "\u009b", "\u202e", "\u2066", "\u200b", "\ufeff"],
  ["😀", "é\u0301", "\u{10ffff}", "\ufffd", "constructor", "__proto__", "system", "toString"],
].flat();

/** Text that is valid as a key or a name. */
export function hostileName(roll: Dice): string {
  let text = "";
  for (let parts = 1 + roll(4); parts > 0; parts--) text += PARTS[roll(PARTS.length)] as string;
  // No agent may be called so, whatever stands around it.
  return text.replaceAll("system", "systems");
}

/** A value 32 levels deep that ends in a text. */
export function deepValue(text: string): unknown {
  let value: unknown = text;
  for (let level = 1; level < 32; level++) value = level % 2 === 0 ? [value] : { [text]: value };
  return value;
}
