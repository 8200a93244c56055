import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { linksOf, navOf, sidebarOf } from "../src/navigation.ts";
import { pagesOf, type SitePage } from "../src/pages.ts";

const pages = pagesOf(join(import.meta.dirname, "../../.."));

describe("the navigation", () => {
  it("links to every page once, except single decisions", () => {
    const linked = sidebarOf(pages).flatMap(linksOf);
    const expected = pages
      .filter(({ path }) => !path.startsWith("decisions/") || path === "decisions/index")
      .map(({ path }) => `/${path}`.replace(/\/index$/, "/"));
    expect(linked.toSorted()).toEqual([...expected, "/reference/"].toSorted());
  });

  it("puts a page that no group lists under Guides", () => {
    const page: SitePage = { file: "docs/new.md", path: "new", title: "New", text: "# New\n" };
    const guides = sidebarOf([...pages, page]).find(({ text }) => text === "Guides");
    expect(guides && linksOf(guides)).toContain("/new");
  });

  it("opens each group at its first page", () => {
    expect(navOf(pages).map(({ text, link }) => [text, link])).toEqual([
      ["Start", "/getting-started"],
      ["Guides", "/routing"],
      ["Operations", "/storages"],
      ["Reference", expect.stringMatching(/^\/(glossary|errors)$/)],
      ["Contributing", "/contributing"],
    ]);
  });

  it.each([
    ["/", []],
    ["/routing", ["Guides"]],
    ["/security", ["Operations"]],
    ["/security-policy", ["Contributing"]],
    ["/reference/core/", ["Reference"]],
    ["/decisions/0001-words", ["Contributing"]],
  ])("marks the group of %s", (path, groups) => {
    const marked = navOf(pages).filter(({ activeMatch }) => new RegExp(activeMatch).test(path));
    expect(marked.map(({ text }) => text)).toEqual(groups);
  });
});
