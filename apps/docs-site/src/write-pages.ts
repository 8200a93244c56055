import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { frontPage } from "./front-page.ts";
import { relink } from "./links.ts";
import type { SitePage } from "./pages.ts";

/** Writes the pages where VitePress reads them. */
export function writePages(pages: readonly SitePage[], folder: string): void {
  for (const page of pages) {
    const text = page.path === "index" ? frontPage(page.text) : page.text;
    const target = join(folder, `${page.path}.md`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, relink(text, page, pages));
  }
}
