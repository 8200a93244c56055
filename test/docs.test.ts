import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ModelServer, shareOrRead } from "@syntha/test-models";
import { freshDatabase } from "@syntha/test-postgres/vitest";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = [
  "README.md",
  ...globSync(["docs/**/*.md", "packages/*/README.md", "apps/*/README.md"], { cwd: root }),
];

/** TypeScript blocks of a page; those marked `static` stand for code of the reader's and are not run. */
function programsOf(page: string): { line: number; code: string }[] {
  const text = readFileSync(`${root}/${page}`, "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    line: text.slice(0, match.index).split("\n").length,
    code: match[1] as string,
  }));
}

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
      ...(model !== undefined && {
        OPENAI_API_KEY: "any",
        OPENAI_BASE_URL: model.openaiUrl,
        OPENAI_AGENTS_DISABLE_TRACING: "1",
        ANTHROPIC_API_KEY: "any",
        ANTHROPIC_BASE_URL: model.anthropicUrl,
      }),
    });
  } finally {
    await Promise.all([database?.drop(), model?.close()]);
  }
}

const VENDORS =
  /from "(openai|@openai|@anthropic-ai|@ai-sdk|@langchain\/openai|@langchain\/anthropic)/;

function runWith(code: string, env: Record<string, string>): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["--conditions=@syntha/source", "--input-type=module-typescript", "-"],
      { cwd: root, timeout: 15_000, env: { ...process.env, ...env } },
      (error, stdout) => resolve({ error, stdout }),
    );
    child.stdin?.end(code);
  });
}

describe.concurrent("the programs in the docs", () => {
  for (const page of pages) {
    for (const { line, code } of programsOf(page)) {
      it(`run as they stand: ${page}:${line}`, async () => {
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
