import { bundle } from "@syntha/testing-bundle";
import { expect, it } from "vitest";

it("loads no Node module where there is only fetch", async () => {
  const chunks = await bundle(new URL("../../src/index.ts", import.meta.url), { runtime: "edge" });
  const code = chunks.map((chunk) => chunk.code).join("");
  expect(code).toContain("syntha-agent");
  expect(chunks.flatMap(({ imports }) => imports)).toEqual([]);
  expect(code).not.toContain("__vite-browser-external");
  expect(code).not.toMatch(/(from|import\() ?["']node:/);
  expect(code).not.toMatch(/better-sqlite3|@hono\/node-server/);
});
