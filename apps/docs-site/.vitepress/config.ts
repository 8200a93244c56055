import { defineConfig } from "vitepress";

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
];

export default defineConfig({
  title: "Syntha",
  description: "Shared context for teams of LLM agents, in TypeScript",
  srcDir: ".site",
  outDir: "dist-site",
  cleanUrls: true,
  lastUpdated: false,
  markdown: {
    config(md) {
      const fence = md.renderer.rules.fence;
      md.renderer.rules.fence = (tokens, index, options, env, self) => {
        const token = tokens[index];
        if (token?.info.trim() !== "mermaid")
          return fence?.(tokens, index, options, env, self) ?? "";
        return `<Mermaid code="${encodeURIComponent(token.content)}" />`;
      };
    },
  },
  themeConfig: {
    search: { provider: "local" },
    socialLinks: [{ icon: "github", link: "https://github.com/syntha-dev/syntha-typescript" }],
    nav: [
      { text: "Start", link: "/" },
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
          { text: "Architecture", link: "/architecture" },
          { text: "Frameworks", link: "/frameworks" },
          { text: "Errors", link: "/errors" },
        ],
      },
      {
        text: "Production",
        items: [
          { text: "Storages", link: "/storages" },
          { text: "Copying a tenant", link: "/copying" },
          { text: "Security", link: "/security" },
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
          { text: "Writing a storage", link: "/writing-a-storage" },
          { text: "Contributing", link: "/contributing" },
          { text: "Decisions", link: "/decisions/" },
          { text: "Reference", link: "/reference/" },
        ],
      },
    ],
  },
});
