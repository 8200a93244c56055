import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { relink } from "./links.ts";
import { pagesOf } from "./pages.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const site = fileURLToPath(new URL("../.site", import.meta.url));

rmSync(site, { recursive: true, force: true });
const pages = pagesOf(root);
for (const page of pages) {
  const text = readFileSync(join(root, page.file), "utf8");
  const target = join(site, `${page.path}.md`);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, relink(text, page, pages));
}
console.log(`${pages.length} pages.`);
