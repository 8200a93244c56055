import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pagesOf } from "./pages.ts";
import { writePages } from "./write-pages.ts";

const site = fileURLToPath(new URL("../.site", import.meta.url));

rmSync(site, { recursive: true, force: true });
const pages = pagesOf(fileURLToPath(new URL("../../..", import.meta.url)));
writePages(pages, site);
console.log(`${pages.length} pages.`);
