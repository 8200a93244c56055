import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { CORE_FOLDERS } from "../scripts/layers.mjs";
import { describe, expect, it } from "vitest";
import { root } from "./docs/code-blocks.ts";

const page = await readFile(`${root}/docs/architecture.md`, "utf8");
const program = ["--conditions=@syntha/source", `${root}/test/traced-calls.ts`];
const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: root });
const calls = Object.entries(JSON.parse(stdout) as Record<string, Record<string, string[]>>);

/** The rows of the table under a heading: a file and its functions. */
function pathUnder(heading: string): [file: string, functions: string[]][] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^\| `(.+?\.ts)` \| (.+?) \|/gm)].map(([, file = "", names = ""]) => [
    file,
    [...names.matchAll(/`(.+?)`/g)].map(([, name = ""]) => name),
  ]);
}

describe.each(calls)("the path in docs/architecture.md: %s", (heading, called) => {
  const path = pathUnder(heading);

  it.each(path)("calls what is listed of %s", (file, functions) => {
    expect(called[file] ?? []).toEqual(expect.arrayContaining(functions));
  });

  it("lists every file, apart from checks of text, time, values and options", () => {
    const files = Object.keys(called).filter((file) => !/^(text|time|json|options)\//.test(file));
    expect(path.map(([file]) => file).toSorted()).toEqual(files.toSorted());
  });
});

it("docs/architecture.md lists the folders of core in their order", () => {
  const section = page.split("## The folders of core")[1]?.split("\n## ")[0] ?? "";
  const listed = [...section.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`(.+?)`/g)].map(([, name = ""]) => name),
  );
  expect(listed).toEqual(CORE_FOLDERS);
});
