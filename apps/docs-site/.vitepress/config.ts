import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";

import { navOf, sidebarOf } from "../src/navigation.ts";
import { pagesOf } from "../src/pages.ts";
import { configureMarkdown } from "./markdown.ts";

const pages = pagesOf(fileURLToPath(new URL("../../..", import.meta.url)));

export default defineConfig({
  title: "Syntha",
  description: "Shared context for teams of LLM agents, in TypeScript",
  // Browsers would ask for an icon that there is not.
  head: [["link", { rel: "icon", href: "data:," }]],
  srcDir: ".site",
  outDir: "dist-site",
  cleanUrls: true,
  lastUpdated: false,
  markdown: { config: configureMarkdown },
  // The diagrams' library is one chunk of that size, which only pages with diagrams load.
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    search: { provider: "local" },
    socialLinks: [{ icon: "github", link: "https://github.com/syntha-dev/syntha-typescript" }],
    nav: navOf(pages),
    outline: [2, 3],
    sidebar: sidebarOf(pages),
  },
});
