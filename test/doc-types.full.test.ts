import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, type DocBlock, pages, root } from "./docs/code-blocks.ts";
import { compile } from "./docs/compile.ts";
import { READERS_PACKAGE, EXCERPT_GLOBALS } from "./docs/excerpt-globals.ts";

const blocks = pages.flatMap((page) => blocksOf(page).map((block) => ({ page, ...block })));
const programs = blocks.filter(({ isProgram }) => isProgram);
const pieces = blocks.filter(({ isProgram }) => !isProgram);

// Inside of node_modules, from where the packages are found.
mkdirSync(`${root}/node_modules/.cache`, { recursive: true });
const folder = mkdtempSync(`${root}/node_modules/.cache/doc-types-`);
let foundInPrograms = "";
let foundInPieces = "";

beforeAll(async () => {
  [foundInPrograms, foundInPieces] = await Promise.all([
    check("programs", programs, {}),
    // LangChain's own types of middleware do not stand the strictest setting.
    check("pieces", pieces, { exactOptionalPropertyTypes: false }),
  ]);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** What the compiler finds in blocks, each in a file named by its place in the list. */
function check(name: string, found: readonly DocBlock[], compilerOptions: object) {
  const project = join(folder, name);
  mkdirSync(project);
  for (const [index, { code }] of found.entries())
    writeFileSync(join(project, `${index}.ts`), code);
  if (found === pieces) {
    writeFileSync(join(project, "granted.ts"), EXCERPT_GLOBALS);
    writeFileSync(join(project, "readers.d.ts"), READERS_PACKAGE);
  }
  return compile(project, ["*.ts"], compilerOptions);
}

const errorsIn = (file: string, found: string): string[] =>
  found.split("\n").filter((line) => line.includes(`/${file}(`));

describe("types of programs in the docs", () => {
  it.for(programs.map(({ page, line }, index) => ({ name: `${page}:${line}`, index })))(
    "are right for a strict compiler: $name",
    ({ index }) => {
      expect(errorsIn(`${index}.ts`, foundInPrograms)).toEqual([]);
    },
  );
});

describe("types of excerpts in the docs", () => {
  it("declare every assumed name", () => {
    expect(errorsIn("granted.ts", foundInPieces)).toEqual([]);
  });

  it.for(pieces.map(({ page, line }, index) => ({ name: `${page}:${line}`, index })))(
    "are right for a strict compiler: $name",
    ({ index }) => {
      expect(errorsIn(`${index}.ts`, foundInPieces)).toEqual([]);
    },
  );
});
