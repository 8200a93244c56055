import { SynthaError } from "../error/syntha-error.ts";
import { describe, withArticle } from "./describe.ts";
import { byteLength, exceedsBytes } from "./byte-length.ts";

/** The default maximum of a key, topic, agent name, event type or tenant id, in bytes of UTF-8. */
export const MAX_NAME_BYTES = 256;

// Most names are printable ASCII, which one test decides.
const PLAIN = /^[ -~]+$/;

/**
 * Rejects a key or name that some storages cannot store unchanged.
 * @throws INVALID_ARGUMENTS if it is not a string or empty; INVALID_TEXT for NUL and lone surrogates; TOO_LARGE.
 */
export function checkName(
  what: string,
  name: unknown,
  maximum: number = MAX_NAME_BYTES,
): asserts name is string {
  if (typeof name !== "string" || name === "") {
    const noun = withArticle(what);
    const sentence = `${noun[0]?.toUpperCase()}${noun.slice(1)} must be a non-empty string`;
    throw new SynthaError("INVALID_ARGUMENTS", `${sentence}, not ${describe(name)}.`, {
      hint: `Pass the ${what} as text, such as "${EXAMPLES[what] ?? "orders"}".`,
      details: { path: what },
    });
  }
  if (exceedsBytes(name, maximum)) {
    throw new SynthaError(
      "TOO_LARGE",
      `This ${what} takes ${byteLength(name)} bytes; ${maximum} are allowed.`,
      {
        hint: `Shorten the ${what}, and put the long text into a value.`,
        details: { what, size: byteLength(name), maximum },
      },
    );
  }
  if (PLAIN.test(name)) return;
  if (name.includes("\0") || !isWellFormed(name)) {
    throw new SynthaError(
      "INVALID_TEXT",
      `This ${what} holds a NUL character or half of a surrogate pair.`,
      {
        hint: `Use ${withArticle(what)} of well-formed text; such characters may stand inside a value.`,
        details: { what },
      },
    );
  }
}

const EXAMPLES: Readonly<Record<string, string>> = {
  key: "inquiry",
  topic: "support",
  "agent name": "Triage",
  "tenant id": "acme",
  "event type": "order_created",
};

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/**
 * Checks the start of the keys to list; undefined for an empty one, which every key has.
 * @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE
 */
export function checkPrefix(prefix: unknown): string | undefined {
  if (prefix === undefined || prefix === "") return undefined;
  checkName("prefix", prefix, MAX_NAME_BYTES * 4);
  return prefix;
}

/**
 * Checks a list of names and removes duplicates, keeping the order.
 * @param hint what to do about a list that is too long
 * @throws INVALID_ARGUMENTS if it is not an array, empty, or longer than `most`; what {@link checkName} throws.
 */
export function checkNames(
  what: string,
  names: unknown,
  most: number,
  maximum?: number,
  hint = `Split the list into calls of at most ${most}.`,
): readonly string[] {
  if (!Array.isArray(names) || names.length === 0) {
    throw new SynthaError("INVALID_ARGUMENTS", `A list of at least one ${what} is needed.`, {
      hint: `Pass an array, such as ["${EXAMPLES[what] ?? "orders"}"].`,
      details: { path: what },
    });
  }
  if (names.length > most) {
    throw new SynthaError(
      "INVALID_ARGUMENTS",
      `${names.length} is more than the ${most} allowed at once (${what}).`,
      {
        hint,
        details: { path: what, maximum: most },
      },
    );
  }
  for (const name of names) checkName(what, name, maximum);
  return names.length === 1 ? [names[0] as string] : [...new Set(names as string[])];
}
