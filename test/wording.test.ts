import { describe, expect, it } from "vitest";
import { allTexts, FILLED, namesOfPackages } from "./source-texts.ts";

const sentences = allTexts().filter(({ text }) => text.includes(" "));

/** Articles that do not match the pronunciation of the next word. */
const WRONG_ARTICLE = [
  /\ba (?!URI|URL|USING|UTF|unit|uniq|univ|use|one\b|eu)[aeiou]/i,
  /\ban (?!hour|honest|HTTP|SQL|LRU|MCP|npm|x|[aeiou])[a-z]/i,
];

/** Articles before a placeholder, whose value may start with any letter. */
const ANY_ARTICLE = new RegExp(`\\ban? \\$\\{\\}`, "i");

describe("texts of the packages", () => {
  it("use the right articles", () => {
    const wrong = sentences.filter(({ text }) => WRONG_ARTICLE.some((each) => each.test(text)));
    expect(wrong).toEqual([]);
  });

  it("have no fixed article before a placeholder", () => {
    expect(sentences.filter(({ text }) => ANY_ARTICLE.test(text))).toEqual([]);
  });

  it("name existing options, fields and functions in backticks", () => {
    const names = namesOfPackages();
    const unknown = sentences.flatMap(({ file, text }) =>
      [...text.replaceAll(FILLED, "any").matchAll(/`([A-Za-z_][\w.]*)(?:\(\))?`/g)]
        .flatMap(([, path = ""]) => path.split("."))
        .filter((name) => !names.has(name) && !OTHERS.has(name))
        .map((name) => `${file}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });
});

/** Names of Node, drivers and placeholders, and of Wrangler's configuration. */
const OTHERS = new Set([
  "controller",
  "signal",
  "ssl",
  "any",
  "class_name",
  "new_classes",
  "new_sqlite_classes",
]);
