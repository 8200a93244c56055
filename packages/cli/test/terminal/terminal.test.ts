import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { ageOf, bytes, clockTime, count, span } from "../../src/terminal/age.ts";
import { toSafeJson, visible } from "../../src/terminal/escape.ts";
import { diffJson, diffLines } from "../../src/terminal/json-diff.ts";
import { preview } from "../../src/terminal/json-view.ts";
import { PLAIN } from "../../src/terminal/paint.ts";
import { Progress } from "../../src/terminal/progress.ts";
import { shellWord } from "../../src/terminal/shell-word.ts";
import { Terminal } from "../../src/terminal/terminal.ts";
import { table } from "../../src/terminal/table.ts";
import { pad, truncate, widthOf, wrap } from "../../src/terminal/width.ts";

it("shows what a terminal would obey as escapes, and leaves text as it is", () => {
  expect(visible("a\u001b[2Jb\u202ec\u0085\n\t\u{e0041}")).toBe(
    String.raw`a\u001b[2Jb\u202ec\u0085\n\t\udb40\udc41`,
  );
  for (const text of ["Größe 5 €", "客户", "مرحبا", "👩‍👩‍👧", "می‌خواهم"])
    expect(visible(text)).toBe(text);
});

it("prints JSON that parses to the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(toSafeJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(JSON.parse(toSafeJson(value, 2))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it("truncates to columns of a terminal, between characters that belong together", () => {
  expect(truncate("abcdef", 4)).toBe("abc…");
  expect(truncate("客户列表", 5)).toBe("客户…");
  expect(truncate("👩‍👩‍👧👩‍👩‍👧", 3)).toBe("👩‍👩‍👧…");
  expect(truncate("short", 10)).toBe("short");
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.integer({ min: 1, max: 20 }),
      (text, columns) => {
        expect(widthOf(truncate(visible(text), columns))).toBeLessThanOrEqual(columns);
      },
    ),
  );
});

it("fits a table, the widest columns first, and leaves out empty columns", () => {
  const columns = [
    { title: "KEY", min: 4 },
    { title: "N", align: "right" },
    { title: "NONE" },
    { title: "VALUE", min: 6 },
  ] as const;
  const rows = [
    ["a", "1", "", "a long value that is cut"],
    ["客户列表", "22", "", "x"],
  ];
  expect(table(columns, rows, { width: 24, paint: PLAIN })).toEqual([
    "KEY        N  VALUE",
    "a          1  a long va…",
    "客户列表  22  x",
  ]);
  for (const line of table(columns, rows, { width: 14, paint: PLAIN }))
    expect(widthOf(line)).toBeLessThanOrEqual(16);
});

it("finds how a value became another one", () => {
  const lines = (before: unknown, after: unknown) =>
    diffLines(diffJson(before, after), { width: 60, paint: PLAIN });
  expect(
    lines({ a: 1, b: { c: [1, 2], d: "x" } }, { a: 2, b: { c: [1, 9, 2] }, "e f": null }),
  ).toEqual(["~ a: 1 → 2", "+ b.c[1]: 9", '- b.d: "x"', '+ ["e f"]: null']);
  expect(lines("a", { a: 1 })).toEqual(['~ "a" → {"a":1}']);
  // Names that objects inherit are names like others.
  expect(lines(JSON.parse('{"__proto__":1}'), { toString: 2 })).toEqual([
    "- __proto__: 1",
    "+ toString: 2",
  ]);
  expect(diffJson({ a: [1] }, { a: [1] })).toEqual([]);
});

it("shows how long texts and numbers differ, however late they do", () => {
  const line = (before: unknown, after: unknown, width: number) =>
    diffLines(diffJson({ text: before }, { text: after }), { width, paint: PLAIN })[0];
  const long = "The same beginning, again and again. ".repeat(20);
  expect(line(`${long}Call Ann today.`, `${long}Call Bob tomorrow.`, 60)).toBe(
    '~ text: …n. Call Ann today." → …n. Call Bob tomorrow."',
  );
  expect(line(long, `${long}End`, 60)).toBe('~ text: … again. " → … again. End"');
  expect(line(`a${long}`, `b${long}`, 40)).toBe('~ text: "aThe same be… → "bThe same be…');
  expect(line(1_767_225_600_000, 1_767_225_600_001, 30)).toBe("~ text: …0000 → …0001");
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.string({ unit: "binary" }),
      fc.string({ unit: "binary" }),
      (start, before, after) => {
        fc.pre(before !== after);
        const [, old, next] =
          /^~ text: (.*) → (.*)$/s.exec(line(start + before, start + after, 80) ?? "") ?? [];
        expect(old).not.toBe(next);
        expect(widthOf(old ?? "")).toBeLessThanOrEqual(34);
      },
    ),
  );
});

it("shows the beginning of a value's JSON, and marks what is left out", () => {
  const deep = { a: { b: { c: { d: { e: "hello world, how are you today" } } } } };
  expect(preview(deep, 80)).toBe(JSON.stringify(deep));
  expect(preview(deep, 20)).toBe('{"a":{"b":{"c":{"d"…');
  expect(preview("x".repeat(1_000_000), 5)).toBe('"xxx…');
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 900 }), (value, columns) => {
      const whole = toSafeJson(value);
      const shown = preview(value, columns);
      const isMarked = shown.endsWith("…") && whole.startsWith(shown.slice(0, -1));
      expect(shown === whole || isMarked).toBe(true);
    }),
  );
});

it("finds no difference in equal values, and one in others", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(diffJson(a, a)).toEqual([]);
      const [before, after] = [a, b].map((value) => JSON.parse(JSON.stringify(value)) as unknown);
      expect(diffJson(before, after).length === 0).toBe(isDeepStrictEqual(before, after));
    }),
  );
});

it("writes times, sizes and counts for people", () => {
  const now = new Date(2030, 0, 2, 12, 0).getTime();
  expect([0, 999, 61_000, 7_200_000, 3 * 86_400_000, 700 * 86_400_000].map(span)).toEqual([
    "0s",
    "0s",
    "1m",
    "2h",
    "3d",
    "1y",
  ]);
  expect(ageOf(new Date(now + 5_000), now)).toBe("0s");
  expect(clockTime(new Date(2030, 0, 2, 1, 2, 3), now)).toBe("01:02:03");
  expect(clockTime(new Date(2030, 0, 1, 1, 2, 3), now)).toBe("2030-01-01 01:02:03");
  expect([bytes(12), bytes(1_536), bytes(5_000_000_000)]).toEqual(["12 B", "1.5 KiB", "4.7 GiB"]);
  expect([count(1, "item"), count(2_000, "entry", "entries")]).toEqual(["1 item", "2,000 entries"]);
});

it("wraps at spaces, pads by columns, and quotes for a shell", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect([pad("客", 4), pad("1", 3, "right")]).toEqual(["客  ", "  1"]);
  expect(["a:1", "it's", "-x", "a b"].map(shellWord)).toEqual([
    "a:1",
    `'it'\\''s'`,
    "'-x'",
    "'a b'",
  ]);
});

it("draws progress on a terminal only, and removes it at the end", () => {
  const drawn = (isTTY: boolean) => {
    let text = "";
    const stream = { isTTY, columns: 80, write: (piece: string) => void (text += piece) };
    using progress = new Progress(new Terminal(stream, { NO_COLOR: "1" }), "copying");
    progress.update(50, 200, "item");
    progress[Symbol.dispose]();
    return text;
  };
  const bar = `copying ${"█".repeat(6)}${"░".repeat(18)} 25 %  50 items of 200`;
  expect(drawn(true)).toBe(`\r\u001b[2K${bar}\r\u001b[2K`);
  expect(drawn(false)).toBe("");
});
