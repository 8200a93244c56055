import { readFileSync } from "node:fs";
import { ERROR_CODES } from "@syntha/core";
import { describe, expect, it } from "vitest";

const page = readFileSync(new URL("../docs/errors.md", import.meta.url), "utf8");

describe("the page on errors", () => {
  it("has one heading for each error code", () => {
    const headings = [...page.matchAll(/^### (\S+)$/gm)].map(([, code]) => code as string);
    expect(headings.toSorted()).toEqual([...ERROR_CODES].toSorted());
  });
});
