import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseToken, toToken } from "../src/log/fencing-token.ts";
import { toCursor, parseCursor } from "../src/log/cursor.ts";
import { newEpoch, newRandomId } from "../src/log/random-id.ts";
import type { LogPosition } from "../src/log/log-position.ts";
import { fromPage, toPage } from "../src/view/page-token.ts";
import { codeOf } from "./support/code-of.ts";

const epoch = fc.stringMatching(/^[0-9a-z]{8}$/);
const position = fc.nat(2 ** 40 - 1);
const wellFormed = fc.string({ unit: "grapheme", minLength: 1 });

const place: fc.Arbitrary<LogPosition> = fc.record({
  epoch,
  position,
  done: fc.oneof(fc.constant("all" as const), fc.nat(10_000)),
  commitId: fc.nat(2 ** 31 - 1),
  key: fc.option(wellFormed, { nil: undefined }),
  initial: fc.constantFrom(undefined, true as const),
});

const FOREIGN = [
  ..."c1 c1. c1.. c2.abc.1..1 c1.ABC.1..1 c1.abc.-1..1 c1.abc.1..1.€ p1.YQ".split(" "),
  "",
  "c1.abc.1..1 ",
  // Integers that no log has.
  `c1.abc.1.${"z".repeat(300)}.1`,
  `c1.abc.${"z".repeat(12)}..1`,
  `c1.abc.1..${"z".repeat(12)}`,
  "\0",
  "x".repeat(5e3),
];

describe("a cursor", () => {
  it("encodes a position", () => {
    fc.assert(
      fc.property(place, (each) => {
        expect(parseCursor(toCursor(each))).toEqual(each);
      }),
    );
  });

  it.each([...FOREIGN, 5, null, {}, ["c1.abc.1..1"]])("is not %j", (text) => {
    expect(codeOf(() => parseCursor(text))).toBe("INVALID_CURSOR");
  });

  it("is refused or a different position after a change", () => {
    fc.assert(
      fc.property(place, fc.nat(200), fc.string({ maxLength: 3 }), (each, at, noise) => {
        const text: string = toCursor(each);
        const cut = at % (text.length + 1);
        const changed = text.slice(0, cut) + noise + text.slice(cut + 1);
        expect(["taken", "INVALID_CURSOR"]).toContain(codeOf(() => parseCursor(changed)));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a page", () => {
  it("encodes a key", () => {
    fc.assert(
      fc.property(wellFormed, (key) => {
        expect(fromPage(toPage(key))).toBe(key);
      }),
    );
  });

  it.each(["", "p1.", "p2.YQ", "p1.Y Q", "p1.-", "p1.gICA", "c1.abc.1..1", 5, null])(
    "is not %j",
    (text) => {
      expect(codeOf(() => fromPage(text as string))).toBe("INVALID_CURSOR");
    },
  );
});

describe("a token", () => {
  const parts = fc.record({ position, leaseId: fc.integer({ min: 1, max: 2 ** 32 - 1 }), epoch });

  it("encodes its parts", () => {
    fc.assert(
      fc.property(parts, (each) => {
        expect(parseToken(toToken(each))).toEqual(each);
      }),
    );
  });

  it("compares greater than earlier tokens, as text", () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        fc.pre(a.position !== b.position);
        expect(a.position < b.position).toBe(toToken(a) < toToken(b));
      }),
    );
  });

  const foreign = "1 11- 11-a 21-abc-1 1-abc-1 11-ABC-1 11-a- 111-abc-1 c1-abc-1".split(" ");
  it.each(["", ...foreign])("is not %j", (text) => {
    expect(parseToken(text)).toBeUndefined();
  });
});

describe("epoch and commit id", () => {
  it("epochs are unique texts that cursors and tokens can contain", () => {
    const epochs = Array.from({ length: 1_000 }, () => newEpoch());
    expect(new Set(epochs).size).toBe(1_000);
    for (const each of epochs) expect(each).toMatch(/^[0-9a-z]{8}$/);
  });

  it("commit ids are numbers above 0", () => {
    const marks = Array.from({ length: 1_000 }, () => newRandomId());
    for (const mark of marks) expect(mark).toBeGreaterThan(0);
    for (const mark of marks) expect(mark).toBeLessThan(2 ** 32);
  });
});
