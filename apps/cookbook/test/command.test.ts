import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { nearest } from "../src/command/nearest.ts";
import { recipes } from "../src/command/recipes.ts";
import { cookbook, startCookbook } from "./run.ts";

describe.concurrent("the command", () => {
  it("lists every program with what it shows and the packages that it uses", async () => {
    const { code, stdout } = await cookbook([]);
    expect(code).toBe(0);
    for (const { name, shows } of recipes) {
      expect(stdout).toContain(name);
      expect(stdout).toContain(shows);
    }
    expect(stdout).toMatch(/^circuit-breaker \(core, resilience, storage-sqlite, tools\)$/m);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("exits with 2 for an unknown name and suggests similar ones", async () => {
    const { code, stdout, stderr } = await cookbook(["circut-braker"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain('Unknown program "circut-braker". Similar: circuit-breaker,');
  });

  it("takes a part of a name for that name", () => {
    const names = recipes.map(({ name }) => name);
    expect(nearest("tenant", names, 1)).toEqual(["multi-tenant"]);
    expect(nearest("Federation", names, 1)).toEqual(["partitioning-and-federation"]);
  });
});

describe.skipIf(process.platform === "win32")("a program that Ctrl-C ends", () => {
  it("leaves nothing in the directory for temporary files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cookbook-command-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const child = startCookbook(["multi-tenant"], { TMPDIR: folder });
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("SQLite")) child.kill("SIGINT");
    });
    await once(child, "close");
    expect(await readdir(folder)).toEqual([]);
  });
});

// Windows has no Ctrl-C that one program could send to another.
describe.skipIf(process.platform === "win32")("the web service", () => {
  it("stays up with --serve, is used as it says, and ends in order at Ctrl-C", async () => {
    const child = startCookbook(["multi-user", "--serve"]);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    await expect.poll(() => output).toContain("Ctrl-C ends it.");
    const [, url = "", token = ""] =
      /curl (\S+)\/me -H "Authorization: Bearer (\S+)"/.exec(output) ?? [];
    const response = await fetch(`${url}/me`, { headers: { Authorization: `Bearer ${token}` } });
    expect(await response.json()).toMatchObject({ tenant: "acme", agent: "Ann" });
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(output).toContain("The service is closed.");
  });
});

describe("the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

  it.each(recipes)("has a line for $name", ({ name }) => {
    expect(readme).toMatch(new RegExp(`^\\| \\[\`${name}\`\\]\\(src/recipes/${name}`, "m"));
  });
});
