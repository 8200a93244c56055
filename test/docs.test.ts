import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModelServer, shareOrRead } from "@syntha/testing-model-server";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import { defaultServerConditions } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, pages, root } from "./docs/code-blocks.ts";

/** A bound for what hangs. A busy machine needs minutes for the storage contract. */
const MOST_MS = 600_000;

interface Run {
  error: unknown;
  stdout: string;
}

/** Where a program asks for a database it gets an empty one; where it asks a vendor's model, one that is played here. */
async function run(code: string): Promise<Run> {
  if (code.includes(`from "@syntha/storage-contract"`)) return runAsTest(code);
  const database = code.includes("process.env.DATABASE_URL") ? await freshDatabase() : undefined;
  const model = VENDORS.test(code) ? await ModelServer.start(shareOrRead) : undefined;
  try {
    return await runWith(code, {
      ...(database !== undefined && { DATABASE_URL: database.url }),
      ...model?.env,
    });
  } finally {
    await Promise.all([database?.drop(), model?.close()]);
  }
}

const VENDORS =
  /from "(openai|@openai|@anthropic-ai|@ai-sdk|@langchain\/openai|@langchain\/anthropic)/;

/** Runs a program that registers cases: in its own folder, as a file of tests. */
async function runAsTest(code: string): Promise<Run> {
  const project = await mkdtemp(join(folder, "cases-"));
  await symlink(`${root}/node_modules`, join(project, "node_modules"), "junction");
  await writeFile(join(project, "storage.test.ts"), code);
  const conditions = ["@syntha/source", ...defaultServerConditions];
  const config = { ssr: { resolve: { conditions } } };
  await writeFile(join(project, "vitest.config.mjs"), `export default ${JSON.stringify(config)};`);
  const vitest = `${root}/node_modules/vitest/vitest.mjs`;
  // Random plans are the contract's own tests' business.
  return runNode([vitest, "run", "--root", project], { SYNTHA_RUNS: "2" });
}

/** Where the programs put their files. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "syntha-docs-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function runWith(code: string, env: Record<string, string>): Promise<Run> {
  const args = ["--conditions=@syntha/source", "--input-type=module-typescript", "-"];
  return runNode(args, env, code);
}

function runNode(
  args: readonly string[],
  env: Record<string, string> = {},
  input?: string,
): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      args,
      {
        cwd: root,
        timeout: MOST_MS - 10_000,
        env: { ...process.env, TMPDIR: folder, TEMP: folder, ...env },
      },
      (error, stdout) => resolve({ error, stdout }),
    );
    child.stdin?.end(input);
  });
}

describe.concurrent("the programs in the docs", () => {
  for (const page of pages) {
    for (const { line, code, isProgram } of blocksOf(page)) {
      it.runIf(isProgram)(`run as they stand: ${page}:${line}`, { timeout: MOST_MS }, async () => {
        const { error, stdout } = await run(code);
        expect(error).toBeNull();
        // A comment after console.log states what it prints.
        for (const [, promised] of code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)) {
          expect(stdout).toContain(promised);
        }
      });
    }
  }
});
