import { isSynthaError } from "@syntha/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkValue } from "../src/json/check-value.ts";
import { encode } from "../src/json/encode.ts";
import { DEFAULT_VALUE_LIMITS } from "../src/json/limits.ts";

/** The error that a value is refused with. */
function refusal(value: unknown): { code: string; path: string | undefined } {
  try {
    encode(value, DEFAULT_VALUE_LIMITS);
  } catch (error) {
    if (!isSynthaError(error)) throw error;
    return { code: error.code, path: (error.details as { path?: string }).path };
  }
  throw new Error("It was taken.");
}

class Point {
  x = 1;
}

const cycle: { list: unknown[] } = { list: [] };
cycle.list.push({ back: cycle });

const nested = (levels: number, inside: unknown = 1): unknown => {
  let value = inside;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
};

describe("refuses a value that JSON can't represent, with its path", () => {
  it.each<[string, unknown, string]>([
    ["undefined", undefined, "$"],
    ["NaN", { a: Number.NaN }, "$.a"],
    ["infinity", [1, Number.POSITIVE_INFINITY], "$[1]"],
    ["a bigint", { a: { b: 1n } }, "$.a.b"],
    ["a symbol", { a: [Symbol("s")] }, "$.a[0]"],
    ["a function", { "with space": () => 1 }, '$["with space"]'],
    ["a date", { at: new Date(0) }, "$.at"],
    ["an invalid date", new Date(Number.NaN), "$"],
    ["a map", [new Map()], "$[0]"],
    ["a set", new Set([1]), "$"],
    ["a regular expression", { a: /x/ }, "$.a"],
    ["a promise", { a: Promise.resolve(1) }, "$.a"],
    ["an error", { a: new Error("x") }, "$.a"],
    ["bytes", { a: new Uint8Array(2) }, "$.a"],
    ["an instance of a class", { a: new Point() }, "$.a"],
    ["an object with symbol keys", { a: { [Symbol("s")]: 1 } }, "$.a"],
    ["a boxed string", [Object("text")], "$[0]"],
    ["undefined in a list", { a: [1, undefined] }, "$.a[1]"],
    // oxlint-disable-next-line no-sparse-arrays -- the case
    ["a hole in a list", [1, , 3], "$[1]"],
    ["a cycle", cycle, "$.list[0].back"],
  ])("%s", (_, value, path) => {
    expect(refusal(value)).toEqual({ code: "INVALID_VALUE", path });
  });
});

describe("refuses a value that exceeds a limit", () => {
  it.each<[string, unknown, string]>([
    ["33 levels", nested(33), "TOO_COMPLEX"],
    ["a million levels, without a stack overflow", nested(1_000_000), "TOO_COMPLEX"],
    ["10,001 nodes", Array.from({ length: 10_000 }, () => 0), "TOO_COMPLEX"],
    [
      "an object of 10,001 nodes",
      Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, 1])),
      "TOO_COMPLEX",
    ],
    ["more bytes than 256 KiB", "x".repeat(256 * 1024 - 1), "TOO_LARGE"],
    ["more bytes than 256 KiB in characters of three", "€".repeat(100_000), "TOO_LARGE"],
  ])("%s", (_, value, code) => {
    expect(refusal(value).code).toBe(code);
  });

  it.each<[string, unknown]>([
    ["32 levels", nested(32)],
    ["10,000 nodes", Array.from({ length: 9_999 }, () => 0)],
    ["256 KiB", "x".repeat(256 * 1024 - 2)],
    ["one object twice, side by side", ((shared) => [shared, shared])({ a: 1 })],
  ])("but not %s", (_, value) => {
    expect(JSON.parse(encode(value, DEFAULT_VALUE_LIMITS))).toEqual(value);
  });
});

describe("round trip of values", () => {
  it("returns any JSON value unchanged", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = encode(value, DEFAULT_VALUE_LIMITS);
        expect(text).toBe(JSON.stringify(value));
      }),
    );
  });

  it("omits undefined properties", () => {
    expect(encode({ a: undefined, b: 1 }, DEFAULT_VALUE_LIMITS)).toBe('{"b":1}');
  });

  it("accepts objects without a prototype and of another realm", () => {
    const bare: unknown = Object.assign(Object.create(null) as object, { a: 1 });
    expect(encode(bare, DEFAULT_VALUE_LIMITS)).toBe('{"a":1}');
  });

  it("treats names that are special to JavaScript as plain names", () => {
    const text = '{"__proto__":{"a":1},"constructor":1,"toString":[null]}';
    expect(encode(JSON.parse(text), DEFAULT_VALUE_LIMITS)).toBe(text);
    expect(() => checkValue(JSON.parse(text), DEFAULT_VALUE_LIMITS)).not.toThrow();
  });

  it("does not change the value passed", () => {
    const value = { a: [1, { b: undefined }] };
    encode(value, DEFAULT_VALUE_LIMITS);
    expect(value).toEqual({ a: [1, { b: undefined }] });
    expect(Object.hasOwn(value.a[1] as object, "b")).toBe(true);
  });
});
