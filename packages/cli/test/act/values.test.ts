import { readdirSync } from "node:fs";
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
    code: 130,
    err: "",
    out: "",
  });
});

it("creates no file for a push that is refused", async () => {
  const cwd = tempFolder();
  const push = (...options: string[]) =>
    syntha(["push", "a", "1", "--storage", "new.db", ...options], { cwd });
  expect(await push()).toMatchObject({ code: 1, err: expect.stringContaining("--global") });
  expect(await push("--global", "--ttl", "soon")).toMatchObject({ code: 2 });
  expect(await push("--global", "--not-before", "soon")).toMatchObject({ code: 2 });
  // Refused by the mesh itself, which had to be opened.
  expect(await push("--global", "--if-revision", "5")).toMatchObject({ code: 1 });
  expect(await push("--global", "--depends-on", "b")).toMatchObject({
    code: 1,
    err: expect.stringContaining("NOT_FOUND"),
  });
  expect(await push("--topic", "")).toMatchObject({ code: 2 });
  const subscribe = ["subscribe", "", "--storage", "new.db"];
  expect(await syntha(subscribe, { cwd })).toMatchObject({ code: 2 });
  expect(readdirSync(cwd)).toEqual([]);
});

it("deletes an item that is named twice", async () => {
  const on = synthaOn(await teamStorage());
  expect(await on("rm", "policy", "policy")).toMatchObject({
    code: 0,
    out: expect.stringContaining("deleted 1 item"),
  });
});
