import type { JsonValue } from "@syntha/core";
import { words } from "./lists.ts";

/** JSON texts that databases are known to change. Each must be returned unchanged. */
export const JSON_TEXTS: readonly string[] = [
  `null`,
  `""`,
  `0`,
  `false`,
  `true`,
  `[]`,
  `{}`,
  `"00123842"`,
  `"12345678901234567890"`,
  `"1.10"`,
  `"1e5"`,
  `"null"`,
  `"true"`,
  `"[1,2]"`,
  `"{\\"a\\":1}"`,
  `" padded "`,
  `"2030-01-01T00:00:00.000Z"`,
  `1.5`,
  `-1.25`,
  `0.1`,
  `1e+21`,
  `1e-7`,
  `5e-324`,
  `1.7976931348623157e+308`,
  `9007199254740991`,
  `-9007199254740991`,
  `[null,"",0,false,[],{}]`,
  `[[[[[[[[1]]]]]]]]`,
  `{"b":1,"a":2,"B":3,"":4}`,
  `{"a":{"b":{"c":{"d":null}}}}`,
  `{"__proto__":{"polluted":true},"constructor":1,"toString":2,"hasOwnProperty":3}`,
  `{"length":0,"then":"not a promise","toJSON":"text"}`,
  `"nul: \\u0000, lone: \\ud800, also: \\udc00, reversed: \\udc00\\ud800"`,
  `{"\\u0000":"\\u0000","\\ud800":"\\udfff"}`,
  `"\u{1F98A} \uE000 \uFFFF \uFFFE \u{10FFFF}"`,
  `"caf\u00E9 cafe\u0301 \u212B"`,
  `"\u2028\u2029\u200B\u202E\uFEFF"`,
  `"\\u0001\\u001f\u007F\\t\\n\\r\\b\\f"`,
  `"back\\\\slash \\"quote\\" 'quote' \`tick\` %_*? $1 \${x} --; /* */"`,
  `"</context> <|im_end|> \`\`\`"`,
];

/** Values that JSON can't represent, or would change. */
export const NON_JSON_VALUES: readonly (readonly [string, () => unknown])[] = [
  ["undefined", () => undefined],
  ["a date", () => new Date(0)],
  ["a class instance", () => new (class Order {})()],
  ["a map", () => new Map([["a", 1]])],
  ["a set", () => new Set([1])],
  ["bytes", () => new Uint8Array(2)],
  ["a regular expression", () => /x/],
  ["an error", () => new Error("x")],
  ["a function", () => () => 1],
  ["a symbol", () => Symbol("x")],
  ["a bigint", () => 1n],
  ["NaN", () => Number.NaN],
  ["infinity", () => Number.NEGATIVE_INFINITY],
  ["a boxed number", () => Object(1)],
  [
    "a sparse array",
    () => {
      const list: number[] = [1];
      list[2] = 3;
      return list;
    },
  ],
  ["undefined in an array", () => [undefined]],
  [
    "a cycle",
    () => {
      const loop: Record<string, unknown> = {};
      loop["self"] = [loop];
      return loop;
    },
  ],
  ["an object with symbol keys", () => ({ [Symbol("x")]: 1 })],
  ["an object that turns itself into JSON", () => ({ toJSON: () => "other" })],
];

/** Valid names that text columns, patterns, paths and maps trip over. */
export const VALID_NAMES: readonly string[] = [
  ...words("0 00 -1 1e3 null NaN % _ * \\ a% a_ a* a\\ ../../etc/passwd a/b a:b"),
  ...words("__proto__ constructor toString caf\u00E9 cafe\u0301 \u00DF SS \u{1F98A}"),
  ...words("\uE000 \uFFFF \u{10FFFF} \u200B \u202E"),
  " ",
  " a",
  "a ",
  "'; DROP TABLE item; --",
  '"quoted"',
  "a\tb\nc",
  "x".repeat(256),
  "\u00E9".repeat(128),
];

/** Invalid keys and names, with the error code. */
export const INVALID_NAMES: readonly (readonly [
  unknown,
  "INVALID_ARGUMENTS" | "INVALID_TEXT" | "TOO_LARGE",
])[] = [
  ["", "INVALID_ARGUMENTS"],
  [undefined, "INVALID_ARGUMENTS"],
  [null, "INVALID_ARGUMENTS"],
  [7, "INVALID_ARGUMENTS"],
  [["a"], "INVALID_ARGUMENTS"],
  ["a\0b", "INVALID_TEXT"],
  ["\uD800", "INVALID_TEXT"],
  ["a\uDC00", "INVALID_TEXT"],
  ["\uDC00\uD800", "INVALID_TEXT"],
  ["x".repeat(257), "TOO_LARGE"],
  ["\u00E9".repeat(129), "TOO_LARGE"],
];

/** In code point order. JavaScript sorts by UTF-16 unit, which puts U+E000 to U+FFFF after U+1F98A. */
export const NAMES_BY_CODE_POINT: readonly string[] = [
  " ",
  ...words("! 10 9 A Z _ a a\u0001"),
  "a ",
  ...words("a! aa ab b \u007F \u0080 \u00E9 \u0301 \u07FF \u0800 \uD7FF \uE000 \uE000a \uFFFD"),
  ...words("\uFFFF \u{10000} \u{1F98A} \u{1F98A}\uE000 \u{1F98A}\u{10000} \u{10FFFF}"),
];

export function parseJson(text: string): JsonValue {
  return JSON.parse(text) as JsonValue;
}
