import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it, onTestFinished } from "vitest";
import { defaultPath } from "../../src/command/hook-cursor.ts";
import { runHook } from "../../src/command/hook.ts";
import { tempFolder } from "../support/temp-folder.ts";

/** A storage with one item, and a hook for another agent. */
async function openHook() {
  const folder = tempFolder();
  const path = join(folder, "mesh.db");
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  onTestFinished(() => mesh.close());
  await mesh.agent("Codex").push("plan", "Ship it.", { global: true });
  const state = join(folder, "cursor");
  const { signal } = new AbortController();
  const run = async (print?: (text: string) => Promise<void>): Promise<string> => {
    let printed = "";
    const collect = async (text: string): Promise<void> => void (printed += text);
    const args = { storage: `sqlite:${path}`, agent: "Claude", tenantId: "default", budget: 2_000 };
    const io = { print: print ?? collect, log: () => undefined, signal };
    await runHook({ ...args, state }, io);
    return printed;
  };
  return { run, mesh, state };
}

it("prints again what nothing could read", async () => {
  const { run, state } = await openHook();
  const closed = new Error("Standard output is closed.");
  await expect(run(() => Promise.reject(closed))).rejects.toThrow(closed);
  await expect(stat(state)).rejects.toThrow("ENOENT");
  expect(await run()).toContain("Ship it.");
  expect(await run()).toBe("");
});

it.each([
  ["something else", "garbage"],
  ["no text", Buffer.from([0, 255, 254, 200])],
  ["the cursor of another history", "c1.1.0.AAAA"],
])("prints all that the agent sees when the state holds %s", async (_, content) => {
  const { run, state } = await openHook();
  await writeFile(state, content);
  expect(await run()).toContain("Ship it.");
  expect(await run()).toBe("");
});

it("keeps the place in each file apart, however its path is written", () => {
  const of = (storage: string) => defaultPath({ storage, tenantId: "acme", agent: "Claude" });
  expect(of("sqlite:mesh.db")).toBe(of(`sqlite:${resolve("mesh.db")}`));
  expect(of("sqlite:mesh.db")).not.toBe(of(`sqlite:${resolve("other", "mesh.db")}`));
  expect(of("postgres://localhost/mesh")).not.toBe(of("postgres://localhost/other"));
});

it("leaves a whole cursor when two run at once", async () => {
  const { run, mesh, state } = await openHook();
  const both = await Promise.all([run(), run()]);
  expect(both.every((text) => text.includes("Ship it."))).toBe(true);
  expect(await readFile(state, "utf8")).toMatch(/^\S+\n$/u);
  await mesh.agent("Codex").push("plan", "Wait.");
  expect(await run()).toContain("Wait.");
});

it("prints before it says that the state can't be written", async () => {
  const { run, state } = await openHook();
  let printed = "";
  const print = async (text: string): Promise<void> => {
    printed += text;
    // In the way of the file.
    await mkdir(state);
  };
  await expect(run(print)).rejects.toMatchObject({ code: "MISCONFIGURED" });
  expect(printed).toContain("Ship it.");
});
