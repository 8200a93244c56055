import { join } from "node:path";

import { createMarkdownRenderer } from "vitepress";
import { expect, it } from "vitest";
import { compileTemplate } from "vue/compiler-sfc";

import { relink } from "../src/links.ts";
import { configureMarkdown } from "../.vitepress/markdown.ts";
import { pagesOf } from "../src/pages.ts";

const root = join(import.meta.dirname, "../../..");
const pages = pagesOf(root);

const markdown = await createMarkdownRenderer(root, {
  config: configureMarkdown,
  // Colours of code need a second to load, and change no text.
  highlight: (code) => `<pre v-pre>${markdown.utils.escapeHtml(code)}</pre>`,
});

function compile(source: string): { code: string; errors: readonly unknown[] } {
  const html = markdown.render(source);
  return compileTemplate({ source: `<div>${html}</div>`, filename: "page.md", id: "page" });
}

it.each(pages)("$file is a page that compiles and holds no expression", (page) => {
  const { code, errors } = compile(relink(page.text, page, pages));
  expect(errors).toEqual([]);
  expect(code.includes("toDisplayString")).toBe(false);
});

it.each([
  ["prose", "Write {{key}} there."],
  ["code", "Write `{{key}}` there."],
  ["a heading", "# {{key}}"],
  ["a table", "| a |\n|---|\n| `{{key}}` and {{key}} |"],
  ["a block", "```ts\nconst text = `{{key}}`;\n```"],
  ["HTML", '<b title="{{key}}">{{key}}</b>'],
])("shows braces in %s as they are written", (_, source) => {
  const { code, errors } = compile(source);
  expect(errors).toEqual([]);
  expect(code).toContain("{{key}}");
  expect(code.includes("toDisplayString")).toBe(false);
});

it("draws a mermaid block", () => {
  const { code } = compile('```mermaid\nflowchart LR\n  A -- "{{x}}" --> B\n```');
  expect(code).toContain("Mermaid");
});
