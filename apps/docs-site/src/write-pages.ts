import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { frontPage } from "./front-page.ts";
import { relink } from "./links.ts";
import type { SitePage } from "./pages.ts";

const IMAGES = fileURLToPath(new URL("../../../docs/images", import.meta.url));

/** Writes the pages, and copies their images, where VitePress reads them. */
export function writePages(pages: readonly SitePage[], folder: string): void {
  for (const page of pages) {
    const text = page.path === "index" ? frontPage(page.text) : page.text;
    const target = join(folder, `${page.path}.md`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, relink(text, page, pages));
  }
  cpSync(IMAGES, join(folder, "public", "images"), { recursive: true });
}
