import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { root } from "./root.ts";

/**
 * The size that a package's main entry adds to a program, in bytes, minified and compressed, without its dependencies.
 */
export async function sizeOf(packageName: string): Promise<number> {
  const entry = fileURLToPath(new URL(`packages/${packageName}/dist/index.js`, root));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "silent",
  });
  return gzipSync(outputFiles[0]?.contents ?? "").length;
}

/** The size budget of each package, in KiB. Raise it only for a requested feature. */
export const BUDGETS: Readonly<Record<string, number>> = {
  "ai-sdk": 2,
  anthropic: 3,
  cli: 40,
  core: 74,
  http: 2,
  langchain: 3,
  openai: 4,
  prompts: 12,
  resilience: 8,
  // Loaded by tests only.
  "storage-contract": 104,
  // Without the tables and statements of @syntha/storage-sqlite.
  "storage-durable-objects": 5,
  "storage-postgres": 38,
  "storage-sqlite": 26,
  mcp: 21,
  // Without the page.
  studio: 20,
  telemetry: 12,
  tools: 24,
};
