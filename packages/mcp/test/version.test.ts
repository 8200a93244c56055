import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { VERSION } from "../src/agent/version.ts";

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), "utf8"));

const { name, version, mcpName, repository } = read("package.json") as {
  name: string;
  version: string;
  mcpName: string;
  repository: { url: string; directory: string };
};

it("reports the version of the package", () => {
  expect(VERSION).toBe(version);
});

it("has an entry for the MCP registry that names the package and its version", () => {
  expect(read("server.json")).toMatchObject({
    name: mcpName,
    version,
    packages: [{ registryType: "npm", identifier: name, version }],
    repository: {
      url: repository.url.replace(/^git\+|\.git$/g, ""),
      subfolder: repository.directory,
    },
  });
});

it("has an entry that the MCP registry accepts", () => {
  // The registry refuses longer descriptions, and names outside of the namespace of the repository's owner.
  const { description } = read("server.json") as { description: string };
  expect(description.length).toBeLessThanOrEqual(100);
  const owner = new URL(repository.url.replace("git+", "")).pathname.split("/")[1];
  expect(mcpName).toMatch(new RegExp(`^io\\.github\\.${owner}/[\\w.-]+$`));
});
