import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it } from "vitest";
import { synthaOn } from "./support/syntha.ts";
import { tempFolder } from "./support/temp-folder.ts";

/** More items than a page of any listing. */
async function largeStorage(folder: string): Promise<string> {
  const path = join(folder, "mesh.db");
  await using mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  const keys = Array.from({ length: 1_200 }, (_, i) => `task:${i}`);
  await mesh.system.pushMany(keys.map((key) => ({ key, value: 1, topics: [key], priority: 1 })));
  return `sqlite:${path}`;
}

it.each([
  ["ls", "--all"],
  ["ls", "--all", "--json"],
  ["tasks"],
  ["topics"],
  ["agents"],
  ["why", "task:1"],
  ["doctor"],
  ["verify"],
  ["export"],
  ["export", "mesh.jsonl"],
  ["tail"],
  ["tail", "--as", "Ann"],
  ["wait", "--as", "Ann", "--json"],
  ["say", "Ann", "Hello?", "--ask"],
  ["ls", "--at", "1"],
])("ends %s %s at Ctrl-C with 130, and says nothing more", async (...command) => {
  const cwd = tempFolder();
  const storage = await largeStorage(cwd);
  const signal = AbortSignal.abort("SIGINT");
  const { code, err } = await synthaOn(storage, { cwd, signal })(...command);
  expect({ code, err }).toEqual({ code: 130, err: "" });
  expect(await readdir(cwd)).toEqual(["mesh.db"]);
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["EPIPE", 0],
])("ends a long listing in the middle, after %s with %i", async (reason, expected) => {
  const storage = await largeStorage(tempFolder());
  const stop = new AbortController();
  const onOutput = () => stop.abort(reason);
  const ls = synthaOn(storage, { signal: stop.signal, onOutput });
  const { code, out, err } = await ls("ls", "--all", "--json");
  expect({ code, err }).toEqual({ code: expected, err: "" });
  expect(out.split("\n").length).toBeLessThanOrEqual(101);
});
