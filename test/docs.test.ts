import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModelServer, shareOrRead } from "@syntha/testing-model-server";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, pages, root } from "./doc-blocks.ts";

interface Run {
  error: unknown;
  stdout: string;
}

/** Where a program asks for a database it gets an empty one; where it asks a vendor's model, one that is played here. */
async function run(code: string): Promise<Run> {
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

/** Where the programs put their files. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "syntha-docs-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function runWith(code: string, env: Record<string, string>): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["--conditions=@syntha/source", "--input-type=module-typescript", "-"],
      {
        cwd: root,
        timeout: 110_000,
        env: { ...process.env, TMPDIR: folder, TEMP: folder, ...env },
      },
      (error, stdout) => resolve({ error, stdout }),
    );
    child.stdin?.end(code);
  });
}

describe.concurrent("the programs in the docs", () => {
  for (const page of pages) {
    for (const { line, code, isProgram } of blocksOf(page)) {
      it.runIf(isProgram)(`run as they stand: ${page}:${line}`, async () => {
        const { error, stdout } = await run(code);
        expect(error).toBeNull();
        // A comment behind console.log tells what it prints.
        for (const [, promised] of code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)) {
          expect(stdout).toContain(promised);
        }
      });
    }
  }
});
