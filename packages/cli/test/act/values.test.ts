import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { syntha, synthaOn } from "../support/syntha.ts";
import { teamStorage } from "../support/team.ts";
import { tempFolder } from "../support/temp-folder.ts";

const tooLong = "12345678901234567890";

it.each([
  [["push", "id", tooLong, "--global"], "loses digits"],
  [["push", "report", "-", "--global"], "Standard input is empty."],
])("refuses %j, whose value is not what was meant", async (words, message) => {
  const on = synthaOn(await teamStorage(), { input: "" });
  expect(await on(...words)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  expect(await on(...words, "--text")).toMatchObject({ code: 0 });
});

it("refuses standard input that is not UTF-8", async () => {
  const on = synthaOn(await teamStorage(), { input: Buffer.from([0x61, 0xff]) });
  expect(await on("push", "policy", "-")).toMatchObject({
    code: 2,
    err: expect.stringContaining("UTF-8"),
  });
});

it("stops reading standard input when it is interrupted", async () => {
  const stop = new AbortController();
  const input = new ReadableStream<string>({ pull: () => stop.abort() });
  const on = synthaOn(await teamStorage(), { input, signal: stop.signal });
  expect(await on("push", "policy", "-")).toMatchObject({
    code: 1,
    err: "✗ Reading standard input was aborted.  ABORTED\n",
  });
});

it("creates no file for a push that is refused", async () => {
  const cwd = tempFolder();
  const push = (...options: string[]) =>
    syntha(["push", "a", "1", "--storage", "new.db", ...options], { cwd });
  expect(await push()).toMatchObject({ code: 1, err: expect.stringContaining("--global") });
  expect(await push("--global", "--ttl", "soon")).toMatchObject({ code: 2 });
  expect(await push("--global", "--not-before", "soon")).toMatchObject({ code: 2 });
  expect(existsSync(join(cwd, "new.db"))).toBe(false);
});

it("deletes an item that is named twice", async () => {
  const on = synthaOn(await teamStorage());
  expect(await on("rm", "policy", "policy")).toMatchObject({
    code: 0,
    out: expect.stringContaining("deleted 1 item"),
  });
});
