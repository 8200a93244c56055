import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ModelServer, shareOrRead } from "@syntha/testing-model-server";
import { ProgramProcess, type Run } from "@syntha/testing-model-server/programs";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import { defaultServerConditions } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, pages, root } from "./docs/code-blocks.ts";

/** A bound for what hangs. A busy machine needs minutes for the storage contract. */
const MOST_MS = 600_000;

/** Where the programs put their files. */
let folder: string;
let model: ModelServer;
/** Asks a vendor's model that is played here. */
let programs: ProgramProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "syntha-docs-"));
  model = await ModelServer.start(shareOrRead);
  programs = new ProgramProcess({ ...model.env, TMPDIR: folder, TEMP: folder }, MOST_MS / 2);
});
afterAll(async () => {
  await programs.end();
  await model.close();
  await rm(folder, { recursive: true, force: true });
});

/** Where a program asks for a database it gets an empty one. */
async function run(name: string, code: string): Promise<Pick<Run, "error" | "stdout">> {
  if (code.includes(`from "@syntha/storage-contract"`)) return runAsTest(code);
  const file = join(FILES, `${name.replaceAll(/\W/g, "-")}.mjs`);
  await mkdir(FILES, { recursive: true });
  await writeFile(file, stripTypeScriptTypes(code));
  const url = pathToFileURL(file).href;
  if (!code.includes("process.env.DATABASE_URL")) return programs.run({ url, env: {} });
  const database = await freshDatabase();
  try {
    return await programs.run({ url, env: { DATABASE_URL: database.url } });
  } finally {
    await database.drop();
  }
}

/** A folder whose files find the packages of the repository. */
const FILES = join(root, "node_modules/.cache/docs");

/** Runs a program that registers cases: in its own folder, as a file of tests. */
async function runAsTest(code: string): Promise<Pick<Run, "error" | "stdout">> {
  const project = await mkdtemp(join(folder, "cases-"));
  await symlink(`${root}/node_modules`, join(project, "node_modules"), "junction");
  await writeFile(join(project, "storage.test.ts"), code);
  const conditions = ["@syntha/source", ...defaultServerConditions];
  const config = { ssr: { resolve: { conditions } } };
  await writeFile(join(project, "vitest.config.mjs"), `export default ${JSON.stringify(config)};`);
  const vitest = `${root}/node_modules/vitest/vitest.mjs`;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [vitest, "run", "--root", project],
      {
        cwd: root,
        timeout: MOST_MS - 10_000,
        // Random plans are the contract's own tests' business.
        env: { ...process.env, TMPDIR: folder, TEMP: folder, SYNTHA_RUNS: "2" },
      },
      (error, stdout) => resolve({ error: error ? stdout + error.message : undefined, stdout }),
    );
  });
}

const isShort = process.env["SYNTHA_TESTS"] !== "full";

describe.concurrent("the programs in the docs", () => {
  for (const page of pages) {
    for (const { line, code, isProgram } of blocksOf(page)) {
      // A storage's own test of the contract takes as long as all others.
      const isLeft = isShort && code.includes(`from "@syntha/storage-contract"`);
      it.runIf(isProgram && !isLeft)(
        `run as they stand: ${page}:${line}`,
        { timeout: MOST_MS },
        async () => {
          const { error, stdout } = await run(`${page}:${line}`, code);
          expect(error).toBeUndefined();
          // A comment after console.log states what it prints.
          for (const [, promised] of code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)) {
            expect(stdout).toContain(promised);
          }
        },
      );
    }
  }
});
