import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { expect, it } from "vitest";
import { root } from "./docs/code-blocks.ts";

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

it("checks engines against the Node version of the install", () => {
  const { optionalDependencies } = JSON.parse(read("package.json")) as {
    optionalDependencies: { node: string };
  };
  const nodeVersion = /^nodeVersion: (.+)$/m.exec(read("pnpm-workspace.yaml"))?.[1];
  expect(nodeVersion).toBe(optionalDependencies.node);
});

const tested = globSync(["{packages,apps,testing}/*/package.json", "soak/package.json"], {
  cwd: root,
})
  .map((path) => dirname(path).replaceAll("\\", "/"))
  .filter((folder) => existsSync(`${root}/${folder}/test`));

it.each(tested)("runs only the tests of %s in its test script", (folder) => {
  const { scripts } = JSON.parse(read(`${folder}/package.json`)) as {
    scripts?: Record<string, string>;
  };
  expect(scripts?.["test"]).toBe(`vitest run --root ${posix.relative(folder, ".")} ${folder}/`);
});

it("builds every package with tsc -b", () => {
  const { references } = JSON.parse(read("tsconfig.json")) as { references: { path: string }[] };
  const packages = globSync("packages/*/tsconfig.json", { cwd: root }).map(dirname);
  expect(references.map(({ path }) => path)).toEqual(
    expect.arrayContaining(packages.map((path) => path.replaceAll("\\", "/"))),
  );
});
