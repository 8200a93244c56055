import { character } from "@syntha/testing-random/character";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonReader } from "../src/json/json-reader.ts";
import { parseJson } from "../src/json/parse-json.ts";

/** Names that are written with escapes, and names that look like parts of them. */
const name = fc.oneof(
  fc.constantFrom("\\", "\\\\", "\n", '"', "n", "a\\", "a\n", "__proto__", "\u2028", ""),
  fc.string({ unit: character, maxLength: 3 }),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(fc.string({ unit: character }), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.array(fc.tuple(name, tie("tree")), { maxLength: 4 }).map((entries) => {
      const object = Object.create(null) as object;
      for (const [key, value] of entries)
        Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
      return object;
    }),
  ),
}));
const text = fc.tuple(tree, fc.constantFrom(0, 1, "\t")).map(([value, space]) => {
  return JSON.stringify(value, undefined, space) ?? "null";
});

describe("JSON text", () => {
  it("parses independently of earlier texts", () => {
    expect(parseJson('{"a":1,"\\\\":2}')).toEqual({ a: 1, "\\": 2 });
    expect(parseJson('{"a":1,"\\n":2}')).toEqual({ a: 1, "\n": 2 });
    expect(parseJson('{"a":1,"\\u0041":2}')).toEqual({ a: 1, A: 2 });
  });

  it("round-trips any values and names", () => {
    fc.assert(
      fc.property(text, (written) => {
        const compact = JSON.stringify(parseJson(written));
        expect(JSON.stringify(new JsonReader(written).read())).toBe(compact);
        expect(compact).toBe(written.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/gs, "$1"));
      }),
      { numRuns: 2_000 },
    );
  });

  it("refuses what JSON.parse refuses", () => {
    const isRead = (read: () => unknown): boolean => {
      try {
        read();
        return true;
      } catch (error) {
        if (error instanceof SyntaxError) return false;
        throw error;
      }
    };
    fc.assert(
      fc.property(
        text,
        fc.nat(),
        fc.constantFrom("", ",", "}", "]", '"', ":", "1", "\\", " "),
        (written, place, sign) => {
          const at = place % (written.length + 1);
          const broken = written.slice(0, at) + sign + written.slice(at + 1);
          expect(isRead(() => new JsonReader(broken).read())).toBe(
            isRead(() => JSON.parse(broken)),
          );
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it("parses any depth of nesting", () => {
    const deep = `${'{"\\n":['.repeat(50_000)}1${"]}".repeat(50_000)}`;
    expect(typeof parseJson(deep)).toBe("object");
  });
});
