import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { currentPage } from "./support/page.ts";

it("is one file of at most 60 KiB, compressed, that loads nothing else", async () => {
  const html = await currentPage();
  expect(gzipSync(html).length).toBeLessThan(60 * 1024);
  expect(html.match(/<script\b[^>]*>/g)).toEqual(['<script type="module">']);
  const elements = html.match(/<(?:link|img|iframe|base|style)\b[^>]*>/g) ?? [];
  expect(elements.map((text) => text.replaceAll(/\s+/g, " ").slice(0, 34))).toEqual([
    '<link rel="icon" href="data:image/',
    "<style>",
  ]);
  expect(html.match(/@import|url\(/g)).toBeNull();
});

it("shows texts of a mesh as text only", () => {
  const folder = join(import.meta.dirname, "../src/app");
  const sources = globSync("**/*.{ts,tsx}", { cwd: folder });
  const unsafe =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc/i;
  expect(sources.filter((path) => unsafe.test(readFileSync(join(folder, path), "utf8")))).toEqual(
    [],
  );
});
