import { describe, expect, it } from "vitest";
import { brokenLayers } from "../scripts/layers.mjs";

type Member = Parameters<typeof brokenLayers>[0][number];

const core = member("packages/core", {
  exports: { ".": {}, "./testing": {} },
});
const contract = member("packages/storage-contract", {
  exports: { ".": {} },
  peerDependencies: { "@syntha/core": "*", vitest: "*" },
});
const sqlite = member("packages/storage-sqlite", {
  exports: { ".": {} },
  peerDependencies: { "@syntha/core": "*", "better-sqlite3": "*" },
});
const tools = member("packages/tools", {
  exports: { ".": {} },
  peerDependencies: { "@syntha/core": "*" },
});
const app = member("apps/desk", { name: "desk" });

describe("layers of imports", () => {
  const allowed: [path: string, text: string][] = [
    ["packages/core/src/index.ts", `export { a } from "./a.ts";`],
    ["packages/core/src/session/a.ts", `import { b } from "../storage/b.ts";`],
    ["packages/core/src/session/a.ts", `import { b } from "./b.ts";`],
    ["packages/core/src/testing/a.ts", `import { b } from "../time/b.ts";`],
    ["packages/core/src/testing/index.ts", `import { it } from "vitest"; import "node:fs";`],
    ["packages/storage-contract/src/index.ts", `import "vitest"; import "@syntha/core";`],
    ["packages/core/test/a.test.ts", `import { a } from "../src/a.ts"; import "node:fs";`],
    [
      "packages/core/src/a.ts",
      `/** @example import { x } from "@syntha/tools"; */ export const x = 1;`,
    ],
    [
      "packages/storage-sqlite/src/index.ts",
      `import Database from "better-sqlite3"; import "node:path";`,
    ],
    [
      "packages/storage-sqlite/test/a.test.ts",
      `import { storageContract } from "@syntha/storage-contract";`,
    ],
    ["packages/tools/src/index.ts", `import type { Item } from "@syntha/core";`],
    [
      "apps/desk/src/main.ts",
      `import "@syntha/tools"; import "@syntha/storage-sqlite"; import "openai";`,
    ],
  ];
  it.each(allowed)("allows in %s: %s", (path, text) => {
    expect(brokenLayers(workspaceWith(path, text))).toEqual([]);
  });

  const refused: [path: string, text: string, reason: string][] = [
    ["packages/core/src/a.ts", `import { readFileSync } from "node:fs";`, "no Node API"],
    ["packages/core/src/a.ts", `import { readFileSync } from "fs";`, "no Node API"],
    ["packages/core/src/a.ts", `await import("node:crypto");`, "no Node API"],
    ["packages/core/src/a.ts", `import { z } from "zod";`, "no runtime dependency"],
    ["packages/core/src/a.ts", `import type { z } from "zod";`, "no runtime dependency"],
    ["packages/core/src/a.ts", `import { t } from "@syntha/tools";`, "not below"],
    [
      "packages/storage-contract/src/a.ts",
      `import { a } from "@syntha/core/log/cursor";`,
      "does not export it",
    ],
    [
      "packages/core/src/storage/a.ts",
      `import { b } from "../session/b.ts";`,
      "is not below storage",
    ],
    ["packages/core/src/text/a.ts", `import type { B } from "../time/b.ts";`, "is not below text"],
    ["packages/core/src/watch/a.ts", `import { b } from "../index.ts";`, "is not below watch"],
    ["packages/core/src/extras/a.ts", `import { b } from "../text/b.ts";`, "has no place"],
    ["packages/storage-contract/src/a.ts", `import "@syntha/storage-sqlite";`, "not below"],
    ["packages/storage-sqlite/src/a.ts", `import "@syntha/storage-contract";`, "not below"],
    ["packages/core/src/index.ts", `export { c } from "./testing/c.ts";`, "only tests load"],
    ["packages/core/src/index.ts", `export { a } from "../test/a.ts";`, "sources only"],
    ["packages/storage-sqlite/src/index.ts", `export * from "@syntha/tools";`, "not below"],
    [
      "packages/storage-sqlite/src/index.ts",
      `import { a } from "@syntha/core/src/a.ts";`,
      "does not export it",
    ],
    [
      "packages/storage-sqlite/test/a.test.ts",
      `import { a } from "../../core/src/a.ts";`,
      "by its name",
    ],
    [
      "packages/tools/src/index.ts",
      `import Database from "better-sqlite3";`,
      "may know that library",
    ],
    ["apps/desk/src/main.ts", `import "@syntha/core/dist/index.js";`, "does not export it"],
  ];
  it.each(refused)("refuses in %s: %s", (path, text, reason) => {
    expect(brokenLayers(workspaceWith(path, text))).toEqual([expect.stringContaining(reason)]);
  });
});

describe("layers of manifests", () => {
  const refused: [folder: string, Partial<Member["manifest"]>, reason: string][] = [
    ["packages/core", { dependencies: { zod: "*" } }, "no runtime dependency"],
    ["packages/core", { peerDependencies: { vitest: "*" } }, "no runtime dependency"],
    ["packages/core", { devDependencies: { "@syntha/storage-contract": "*" } }, "closes a circle"],
    ["packages/tools", { dependencies: { "@syntha/core": "*" } }, "a peer dependency"],
    ["packages/storage-sqlite", { dependencies: { "better-sqlite3": "*" } }, "a peer dependency"],
    ["packages/mcp", { optionalDependencies: { "better-sqlite3": "*" } }, "a peer dependency"],
    ["packages/tools", { peerDependencies: { "@syntha/storage-sqlite": "*" } }, "not below"],
    ["packages/tools", { name: "@syntha/toolbox" }, "must be named @syntha/tools"],
    ["packages/unheard-of", {}, "has no layer"],
  ];
  it.each(refused)("refuses in %s: %j", (folder, manifest, reason) => {
    expect(brokenLayers([member(folder, manifest)])).toEqual([expect.stringContaining(reason)]);
  });

  it("lets core be tested with a package that needs no other", () => {
    const core = member("packages/core", { devDependencies: { "@syntha/testing-bundle": "*" } });
    const bundle = member("testing/bundle", {
      name: "@syntha/testing-bundle",
      dependencies: { vite: "*" },
    });
    expect(brokenLayers([core, bundle])).toEqual([]);
    const needsCore = { ...bundle.manifest, devDependencies: { "@syntha/core": "*" } };
    expect(brokenLayers([core, member("testing/bundle", needsCore)])).toEqual([
      expect.stringContaining("closes a circle"),
    ]);
  });

  it("lets a package bring a storage together with the storage's library", () => {
    const optionalDependencies = { "@syntha/storage-sqlite": "*", "better-sqlite3": "*" };
    expect(brokenLayers([member("packages/mcp", { optionalDependencies })])).toEqual([]);
  });
});

function member(folder: string, manifest: Partial<Member["manifest"]>): Member {
  const name = folder.replace("packages/", "@syntha/");
  return { folder, manifest: { name, ...manifest }, files: new Map() };
}

function workspaceWith(path: string, text: string): Member[] {
  return [core, contract, sqlite, tools, app].map((each) =>
    path.startsWith(`${each.folder}/`) ? { ...each, files: new Map([[path, text]]) } : each,
  );
}
