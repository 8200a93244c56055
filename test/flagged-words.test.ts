import { expect, it } from "vitest";
import { FLAGGED_WORDS, occurrencesOf } from "../scripts/flagged-words.mjs";

it.each<[text: string, lines: number[]]>([
  ["It was told.\nTold again, and TOLD.", [1, 2, 2]],
  ["toldAfter, wasTold, TOLD_AT, told_at", [1, 1, 1, 1]],
  ["untold, stolds, tolder", []],
  ["\n\n", []],
])("finds a word in prose and in names: %j", (text, lines) => {
  expect(occurrencesOf(["told"], text).map(({ line }) => line)).toEqual(lines);
});

it("finds a phrase across lines of a comment", () => {
  const text = "/**\n * It reads as\n * far as it can.\n */\n// as far\n// as\nfar as";
  expect(occurrencesOf(["as far as"], text)).toEqual([
    { line: 2, text: "* It reads as" },
    { line: 5, text: "// as far" },
  ]);
});

it("counts each form under one word", () => {
  const forms = FLAGGED_WORDS.flatMap((word) => word.forms);
  expect(new Set(forms).size).toBe(forms.length);
});
