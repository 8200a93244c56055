import { compareCodePoints } from "@syntha/core/storage";
import { character } from "@syntha/testing-random/character";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearest } from "../src/text/nearest.ts";
import { byteLength, exceedsBytes } from "../src/text/byte-length.ts";
import { checkName, checkNames } from "../src/text/name.ts";
import { MAX_DURATION_MS, toMs } from "../src/time/duration.ts";
import { codeOf } from "./support/code-of.ts";

describe("a name", () => {
  it.each<[string, unknown, string]>([
    ["plain text", "orders", "taken"],
    ["what looks like a command", "'; DROP TABLE x; --", "taken"],
    ["dots and slashes", "../../etc", "taken"],
    ["a wildcard", "%_*", "taken"],
    ["another script", "bestellungen-für-東京-😀", "taken"],
    ["a control character", "a\tb\n", "taken"],
    ["an empty string", "", "INVALID_ARGUMENTS"],
    ["a number", 5, "INVALID_ARGUMENTS"],
    ["nothing", undefined, "INVALID_ARGUMENTS"],
    ["an array of one name", ["a"], "INVALID_ARGUMENTS"],
    ["NUL", "a\0b", "INVALID_TEXT"],
    ["the first half of a pair", "a\ud83d", "INVALID_TEXT"],
    ["the second half of a pair", "\ude00a", "INVALID_TEXT"],
    ["both halves the wrong way round", "\ude00\ud83d", "INVALID_TEXT"],
    ["256 bytes", "x".repeat(256), "taken"],
    ["257 bytes", "x".repeat(257), "TOO_LARGE"],
    ["258 bytes in 86 characters", "€".repeat(86), "TOO_LARGE"],
  ])("of %s", (_, name, expected) => {
    expect(codeOf(() => checkName("key", name))).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ["no list", "a", "INVALID_ARGUMENTS"],
    ["an empty one", [], "INVALID_ARGUMENTS"],
    ["one with a bad name", ["a", ""], "INVALID_ARGUMENTS"],
    ["one that is too long", ["a", "b", "c", "d"], "INVALID_ARGUMENTS"],
    ["a good one", ["a", "b", "c"], "taken"],
  ])("is named in a list: %s", (_, names, expected) => {
    expect(codeOf(() => checkNames("topic", names, 3))).toBe(expected);
  });

  it("counts once when a list has it twice", () => {
    expect(checkNames("topic", ["b", "a", "b"], 3)).toEqual(["b", "a"]);
  });
});

describe("bytes", () => {
  it("are counted as UTF-8 has them", () => {
    fc.assert(
      fc.property(fc.string({ unit: character }), fc.nat(40), (text, maximum) => {
        expect(byteLength(text)).toBe(Buffer.byteLength(text));
        expect(exceedsBytes(text, maximum)).toBe(Buffer.byteLength(text) > maximum);
      }),
    );
  });
});

describe("the order of keys", () => {
  it("is that of their UTF-8 bytes", () => {
    const near = ["a", "b", "\ud7ff", "\ue000", "\uff5e", "\uffff", "\u{10000}", "😀"];
    const parts = fc.array(fc.constantFrom(...near)).map((each) => each.join(""));
    const text = fc.oneof(parts, fc.string({ unit: character }));
    fc.assert(
      fc.property(text, text, (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareCodePoints(a, b))).toBe(bytes);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a duration", () => {
  it.each<[unknown, number]>([
    [1, 1],
    [1.4, 1],
    ["500ms", 500],
    ["30s", 30_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["1.5h", 5_400_000],
    ["7d", 604_800_000],
    [MAX_DURATION_MS, MAX_DURATION_MS],
  ])("of %j is %d milliseconds", (duration, ms) => {
    expect(toMs("ttl", duration as number)).toBe(ms);
  });

  const numbers = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, MAX_DURATION_MS + 1];
  const texts = ["", "5", "5 s", "-5s", "1e3s", "0s", "999999d", "1w"];
  it.each([...numbers, ...texts, null, undefined, {}])("can't be %j", (duration) => {
    expect(codeOf(() => toMs("ttl", duration as number))).toBe("INVALID_ARGUMENTS");
  });

  it("may be nothing where that is said", () => {
    expect(toMs("retryIn", 0, true)).toBe(0);
  });
});

describe("the nearest name", () => {
  it.each([
    ["Mangaer", ["Boss", "Manager"], ["Manager"]],
    ["push_contxt", ["push_context", "get_context"], ["push_context"]],
    ["Иван", ["Мария", "Иванн"], ["Иванн"]],
    ["=Boss", ["客服", "Boss"], ["Boss"]],
    ["客服", ["经理", "Boss"], []],
    ["?!", ["客服", "…"], []],
    ["राम", ["मोर", "रामा"], ["रामा"]],
  ])("to %s among %j is %j", (name, names, expected) => {
    expect(nearest(name, names, 1)).toEqual(expected);
  });
});
