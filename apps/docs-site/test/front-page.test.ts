import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type Browser, hasBrowser, launchBrowser } from "@syntha/testing-browser";
import { createServer } from "vitepress";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { frontPage } from "../src/front-page.ts";
import { pagesOf } from "../src/pages.ts";
import { writePages } from "../src/write-pages.ts";

type ViteDevServer = Awaited<ReturnType<typeof createServer>>;

const isFull = process.env["SYNTHA_TESTS"] === "full";
const root = join(import.meta.dirname, "../../..");
const readme = readFileSync(join(root, "README.md"), "utf8");

describe("the front page", () => {
  it("shows a program of ten short lines first", () => {
    const program = /```ts\n(.+?)```/s.exec(frontPage(readme))?.[1]?.split("\n") ?? [];
    expect(program.filter((line) => line !== "")).toHaveLength(10);
    expect(program.filter((line) => line.length > 84)).toEqual([]);
  });

  it("keeps every section of the README", () => {
    const headings = (text: string): string[] => text.match(/^#+ .+$/gm) ?? [];
    expect(headings(frontPage(readme))).toEqual(headings(readme));
  });

  it("refuses a README without the picture", () => {
    const text = readme.replace(/^!\[.+$/m, "");
    expect(() => frontPage(text)).toThrow("the picture of routing");
  });
});

describe.runIf(hasBrowser && isFull)("the first screen in a browser", () => {
  let site: ViteDevServer;
  let browser: Browser;
  beforeAll(async () => {
    const folder = join(import.meta.dirname, "..");
    writePages(pagesOf(root), join(folder, ".site"));
    site = await createServer(folder, { port: 0, host: "127.0.0.1" });
    await site.listen();
    browser = await launchBrowser();
  });
  afterAll(() => Promise.all([site.close(), browser.close()]));

  it.each([
    [1280, 720],
    [390, 844],
  ])("holds the program and the picture at %i × %i", async (width, height) => {
    await using context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    await page.goto(site.resolvedUrls?.local[0] ?? "");
    // The server compiles the page for the first visit.
    await expect.poll(() => page.evaluate<boolean>(IS_DRAWN), { timeout: 100_000 }).toBe(true);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    expect(await page.evaluate(CUT)).toEqual([]);
  });
});

const IS_DRAWN = `document.fonts.ready.then(() => document.readyState === "complete"
  && document.querySelectorAll(".first-screen code .line").length > 0
  && document.querySelectorAll(".first-screen svg text").length > 0
  && getComputedStyle(document.querySelector(".first-screen")).display === "grid")`;

/** Texts of the first screen that are not all inside the window, and labels that are wider than their boxes. */
const CUT = `(() => {
  const rectOf = (element) => {
    const range = document.createRange();
    // A heading's second child is the link to it, which shows beside it on hover.
    if (element.tagName === "H1") range.selectNode(element.firstChild);
    else range.selectNodeContents(element);
    return range.getBoundingClientRect();
  };
  const isInside = (inner, outer) => inner.left >= outer.left && inner.right <= outer.right
    && inner.top >= outer.top && inner.bottom <= outer.bottom;
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const texts = [...document.querySelectorAll(".first-screen :is(h1, p, .line, text)")]
    .filter((element) => element.textContent.trim() !== "" && element.getClientRects().length > 0);
  const boxes = [...document.querySelectorAll(".first-screen svg rect")]
    .map((element) => element.getBoundingClientRect());
  const isCut = (element) => {
    const rect = element.tagName === "text" ? element.getBoundingClientRect() : rectOf(element);
    if (!isInside(rect, screen)) return true;
    if (element.tagName !== "text") return false;
    const middle = { x: (rect.left + rect.right) / 2, y: (rect.top + rect.bottom) / 2 };
    const around = boxes.filter((box) => box.left < middle.x && box.right > middle.x
      && box.top < middle.y && box.bottom > middle.y);
    return around.length === 0 || !around.every((box) => isInside(rect, box));
  };
  return texts.filter(isCut).map((element) => element.textContent);
})()`;
