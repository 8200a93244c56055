import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./code-blocks.ts";

const compiler = `${root}/node_modules/typescript/bin/tsc`;
/** Of the packages the compiler reads the declarations, which it writes first where the sources are newer. */
const references = (
  JSON.parse(readFileSync(`${root}/tsconfig.json`, "utf8")) as { references: { path: string }[] }
).references.map(({ path }) => ({ path: join(root, path) }));

/** What the compiler finds in the files of a folder: a line for each error, which begins with the file. */
export async function compile(
  folder: string,
  include: readonly string[],
  options: object = {},
): Promise<string> {
  const config = {
    extends: `${root}/tsconfig.base.json`,
    compilerOptions: { ...options, noEmit: true },
    include,
    references,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const errors = await run(["-b", root]);
  if (errors !== "") throw new Error(errors);
  return run(["-p", folder]);
}

function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, ...args], (_, stdout) => resolve(stdout));
  });
}
