import { fileURLToPath } from "node:url";
import { build } from "vite";
import { expect, it } from "vitest";

const ENTRY = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

it("loads no Node module where there is only fetch", async () => {
  const output = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@syntha/source", "workerd", "worker", "browser", "module", "import"] },
    build: {
      write: false,
      minify: false,
      target: "es2024",
      lib: { entry: ENTRY, formats: ["es"], fileName: "mcp" },
    },
  });
  const files = [output].flat().flatMap((each) => ("output" in each ? each.output : []));
  const chunks = files.filter((file) => file.type === "chunk");
  const code = chunks.map((chunk) => chunk.code).join("");
  expect(code).toContain("syntha-agent");
  expect(chunks.flatMap(({ imports }) => imports)).toEqual([]);
  expect(code).not.toContain("__vite-browser-external");
  expect(code).not.toMatch(/(from|import\() ?["']node:/);
  expect(code).not.toMatch(/better-sqlite3|@hono\/node-server/);
});
