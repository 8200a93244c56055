import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

it("checks engines against the Node that the install brings, so that an older one warns of nothing", () => {
  const { optionalDependencies } = JSON.parse(read("package.json")) as {
    optionalDependencies: { node: string };
  };
  const nodeVersion = /^nodeVersion: (.+)$/m.exec(read("pnpm-workspace.yaml"))?.[1];
  expect(nodeVersion).toBe(optionalDependencies.node);
});
