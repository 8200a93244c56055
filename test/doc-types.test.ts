import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, pages, root } from "./doc-blocks.ts";

const blocks = pages.flatMap((page) => blocksOf(page).map((block) => ({ page, ...block })));
const programs = blocks.filter(({ isProgram }) => isProgram);
const pieces = blocks.filter(({ isProgram }) => !isProgram);

// Inside of node_modules, from where the packages are found.
mkdirSync(`${root}/node_modules/.cache`, { recursive: true });
const folder = mkdtempSync(`${root}/node_modules/.cache/doc-types-`);
let found = "";

beforeAll(async () => {
  for (const [index, { code }] of programs.entries())
    writeFileSync(join(folder, `${index}.ts`), code);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: `${root}/tsconfig.base.json`, include: ["*.ts"] }),
  );
  const compiler = `${root}/node_modules/typescript/bin/tsc`;
  found = await new Promise((resolve) => {
    execFile(process.execPath, [compiler, "--noEmit", "-p", folder], (_, stdout) =>
      resolve(stdout),
    );
  });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

describe("the types of the programs in the docs", () => {
  it.for(programs.map(({ page, line }, index) => ({ name: `${page}:${line}`, index })))(
    "are right for a strict compiler: $name",
    ({ index }) => {
      const errors = found.split("\n").filter((line) => line.includes(`/${index}.ts(`));
      expect(errors).toEqual([]);
    },
  );
});

describe("the pieces in the docs", () => {
  it.for(pieces.map(({ page, line, code }) => ({ name: `${page}:${line}`, code })))(
    "can be read by a compiler: $name",
    ({ code }) => {
      expect(parseSync("piece.ts", code).errors).toEqual([]);
    },
  );
});
