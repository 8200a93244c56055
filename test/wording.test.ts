import { describe, expect, it } from "vitest";
import { allTexts, FILLED, namesOfPackages } from "./source-texts.ts";

const sentences = allTexts().filter(({ text }) => text.includes(" "));

/** Words whose first letter is spelled like a vowel and spoken like a consonant, and the other way round. */
const WRONG_ARTICLE = [
  /\ba (?!URI|URL|USING|UTF|unit|uniq|univ|use|one\b|eu)[aeiou]/i,
  /\ban (?!hour|honest|HTTP|SQL|LRU|MCP|npm|x|[aeiou])[a-z]/i,
];

/** Articles in front of what is filled in, which may begin with any letter. */
const ANY_ARTICLE = new RegExp(`\\ban? \\$\\{\\}`, "i");

describe("texts of the packages", () => {
  it("have the right articles", () => {
    const wrong = sentences.filter(({ text }) => WRONG_ARTICLE.some((each) => each.test(text)));
    expect(wrong).toEqual([]);
  });

  it("have no fixed article in front of what is filled in", () => {
    expect(sentences.filter(({ text }) => ANY_ARTICLE.test(text))).toEqual([]);
  });

  it("name in backticks only options, fields and functions that there are", () => {
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

/** Names that are not ours: of Node and of drivers, and what a name is filled in for. */
const OTHERS = new Set(["controller", "signal", "ssl", "any"]);
