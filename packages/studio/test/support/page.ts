import { onTestFinished } from "vitest";
import type { Browser, Page } from "@syntha/testing-browser";
import { pageHtml } from "../../build/page.ts";
import type { StudioOptions } from "../../src/index.ts";
import { openStudio } from "./studio.ts";

let built: Promise<string> | undefined;

/** The page as its sources are now. */
export function currentPage(): Promise<string> {
  built ??= pageHtml();
  return built;
}

export interface OpenPage {
  readonly page: Page;
  /** What the page wrote to the console as errors, and the errors that it did not catch. */
  readonly errors: string[];
  /** Goes to a place within the page. */
  readonly goTo: (hash: string) => Promise<void>;
}

/** Serves Studio and opens it in a new tab, until the test ends. */
export async function openPage(
  browser: Browser,
  options: Partial<StudioOptions>,
  { hash = "#/board", ...view }: { hash?: string; width?: number; theme?: "light" | "dark" } = {},
): Promise<OpenPage> {
  const { url } = await openStudio({ page: await currentPage(), ...options });
  const { width = 1280, theme = "light" } = view;
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: theme,
    reducedMotion: "reduce",
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(`${url}/${hash}`);
  const goTo = (next: string): Promise<void> =>
    page.evaluate<void>(`void (location.hash = ${JSON.stringify(next)})`);
  return { page, errors, goTo };
}
