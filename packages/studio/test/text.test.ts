import { expect, it } from "vitest";
import { hueOf } from "../src/app/text/hue.ts";
import { diffLines } from "../src/app/text/line-diff.ts";
import { bytes, plural, shortDuration } from "../src/app/text/units.ts";
import { startOf, visibleLines, visibleText } from "../src/text/visible-text.ts";

it("shows characters that hide, reorder or move text by their code points", () => {
  expect(visibleText("exe\u202Egnp")).toBe("exe‹U+202E›gnp");
  expect(visibleText("a\u200Bb\u0000\u001B[2J\uFEFF")).toBe(
    "a‹U+200B›b‹U+0000›‹U+001B›[2J‹U+FEFF›",
  );
  expect(visibleText("\uD800 \u{E0041}")).toBe("‹U+D800› ‹U+E0041›");
  expect(visibleText("one\ntwo\tthree")).toBe("one⏎two⇥three");
  expect(visibleLines("one\ntwo\u0007")).toBe("one\ntwo‹U+0007›");
});

it("leaves letters of any script and joined emoji as they are", () => {
  const text = "שלום العربية 日本語 é e\u0301 👩‍💻 🏳️‍🌈 1️⃣";
  expect(visibleText(text)).toBe(text);
});

it("never cuts a pair of surrogates in two", () => {
  expect(startOf("ab😀", 3)).toEqual({ text: "ab", cut: true });
  expect(startOf("ab😀", 4)).toEqual({ text: "ab😀", cut: false });
});

it("gives an agent the same hue everywhere", () => {
  expect(hueOf("Triage")).toBe(hueOf("Triage"));
  const hues = new Set(["Triage", "Sales", "Manager", "Writer", "Critic", "Billing"].map(hueOf));
  expect(hues.size).toBeGreaterThan(3);
});

it("says durations, sizes and counts in short", () => {
  expect([900, 42_000, 330_000, 7_200_000, 3e8].map(shortDuration)).toEqual([
    "0s",
    "42s",
    "5m",
    "2h",
    "3d",
  ]);
  expect([612, 1536, 262_144].map(bytes)).toEqual(["612 B", "1.5 KiB", "256 KiB"]);
  expect([plural(1, "item"), plural(48_213, "item")]).toEqual(["1 item", "48,213 items"]);
});

it("shows the lines that changed with three lines around them", () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const after = before.with(10, "another line");
  const diff = diffLines(before.join("\n"), after.join("\n"));
  expect(diff.map(({ kind }) => kind)).toEqual([
    "gap",
    "same",
    "same",
    "same",
    "removed",
    "added",
    "same",
    "same",
    "same",
    "gap",
  ]);
  expect(diff[0]).toEqual({ kind: "gap", text: "7 unchanged lines" });
});

it("rebuilds both texts from their difference", () => {
  const before = "a\nb\nc\nd\ne".split("\n");
  const after = "b\nx\nc\ne\nf".split("\n");
  const diff = diffLines(before.join("\n"), after.join("\n"));
  const side = (without: string): string[] =>
    diff.filter(({ kind }) => kind !== without).map(({ text }) => text);
  expect(side("added")).toEqual(before);
  expect(side("removed")).toEqual(after);
});

it("compares long texts that have nothing in common in time", () => {
  const text = (name: string): string =>
    Array.from({ length: 5000 }, (_, i) => `${name}${i}`).join("\n");
  expect(diffLines(text("a"), text("b"))).toHaveLength(10_000);
});
