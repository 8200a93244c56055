import { defineConfig } from "vitepress";

import { configureMarkdown } from "./markdown.ts";

const packages = [
  "core",
  "storage-sqlite",
  "storage-postgres",
  "tools",
  "openai",
  "anthropic",
  "langchain",
  "ai-sdk",
  "prompts",
  "resilience",
  "telemetry",
  "storage-contract",
];

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
    nav: [
      { text: "Start", link: "/getting-started" },
      { text: "Frameworks", link: "/frameworks" },
      { text: "Cookbook", link: "/apps/cookbook" },
      { text: "Reference", link: "/reference/" },
    ],
    outline: [2, 3],
    sidebar: [
      {
        text: "Start here",
        items: [
          { text: "What it is", link: "/" },
          { text: "Getting started", link: "/getting-started" },
          { text: "Routing and visibility", link: "/routing" },
          { text: "Frameworks", link: "/frameworks" },
          { text: "Errors", link: "/errors" },
          { text: "From the Python library", link: "/from-python" },
        ],
      },
      {
        text: "Production",
        items: [
          { text: "Storages", link: "/storages" },
          { text: "Crash safety", link: "/crash-safety" },
          { text: "Security", link: "/security" },
          { text: "Tenants", link: "/tenants" },
          { text: "Limits", link: "/limits" },
          { text: "Copying a tenant", link: "/copying" },
          { text: "Reliability, measured", link: "/reliability" },
          { text: "Benchmarks", link: "/benchmarks" },
        ],
      },
      {
        text: "Packages",
        items: packages.map((name) => ({ text: `@syntha/${name}`, link: `/packages/${name}` })),
      },
      {
        text: "Examples",
        items: [
          { text: "Support desk", link: "/apps/support-desk" },
          { text: "Cookbook", link: "/apps/cookbook" },
        ],
      },
      {
        text: "Going further",
        items: [
          { text: "Architecture", link: "/architecture" },
          { text: "Writing a storage", link: "/writing-a-storage" },
          { text: "Contributing", link: "/contributing" },
          { text: "Decisions", link: "/decisions/" },
          { text: "Reference", link: "/reference/" },
        ],
      },
    ],
  },
});
