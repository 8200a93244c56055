import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { parseOptions } from "../src/options.ts";
import options from "./cases/options.json" with { type: "json" };
import {
  closeAll,
  file,
  generatedTickets,
  isFull,
  isWindows,
  startDemo,
  ticketFile,
} from "./support.ts";

afterAll(closeAll);

const temporary = file("tmp");
mkdirSync(temporary);
const start = (...args: string[]) => startDemo(args, { TMPDIR: temporary, TEMP: temporary });
const run = (...args: string[]) => start(...args).ended;
const widest = (text: string): number => Math.max(...text.split("\n").map(({ length }) => length));

describe("options", () => {
  it.each(options.read as [string[], object][])("%j are read", (args, expected) => {
    expect(parseOptions(args)).toMatchObject(expected);
  });

  it.each(options.refused as [string[], string][])("%j are refused", (args, message) => {
    const error = { name: "UsageError", message: expect.stringMatching(message) };
    expect(() => parseOptions(args)).toThrow(expect.objectContaining(error));
  });
});

describe("the demo", () => {
  it("answers its own tickets and prints a short summary", async () => {
    const { code, stdout, stderr } = await run("--");
    const lines = `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
    expect([code, lines[0]]).toEqual([0, "42 of 42 tickets answered, with no problems"]);
    expect(lines.length).toBeLessThanOrEqual(13);
    expect(stdout).toMatch(/Leaks +0 +in 126 reads of 14 private items by 9\s+agents/);
    expect(stdout).not.toContain("\u001B");
  });

  it("prints every table, writes a page, and resumes", async () => {
    const page = file("r.html");
    const args = ["--storage", `sqlite:${file("own.db")}`, "--full", "--report", page];
    const { code, stdout } = await run(...args);
    expect([code, widest(stdout) <= 80]).toEqual([0, true]);
    expect(stdout).toMatch(/✗ Specialist-4 does not see "escalation:/);
    expect(readFileSync(page, "utf8")).toMatch(/^<!doctype html>[^]*<td>Visitor<\/td>/);
    const again = await run(...args);
    expect(again.stderr).toContain("It resumes: 42 of 42 are answered.");
    expect(again.stdout).toMatch(/Answered +42 +0 of them in this run/);
  });

  it.runIf(isFull)("works in memory", async () => {
    const { stdout } = await run("--storage", "memory", "--think", "0");
    expect(stdout).toContain("42 of 42 tickets answered, with no problems");
  });

  it("prints its usage", async () => {
    const { code, stdout } = await run("--help");
    expect([code, widest(stdout) <= 80]).toEqual([0, true]);
    expect(stdout).toMatch(/--tickets[^]*--workers[^]*--model[^]*--report/);
  });

  const twice = ticketFile("twice.jsonl", [...generatedTickets(1), ...generatedTickets(1)]);
  const failures: readonly (readonly [string, string[], RegExp])[] = [
    ["a key is missing", ["--model", "openai:a"], /OPENAI_API_KEY is not set.*\n.*Without --model/],
    ["a report has no folder", ["--report", file("none/report.html")], /none/],
    ["the storage has no folder", ["--storage", `sqlite:${file("no/desk.db")}`], /does not exist/],
    ["the option is unknown", ["--ticket", "x"], /^Unknown option '--ticket'\nSee --help\.\n$/],
    [
      "a transcript has no folder",
      ["--model", "openai:a", "--base-url", "http://[::1]:1", "--transcript", file("none/t")],
      /none/,
    ],
    ["a ticket occurs twice", ["--tickets", twice], /line 1/],
    ["tickets are missing", ["--tickets", file("none.csv")], /none\.csv/],
    ["the storage is another file", ["--storage", `sqlite:${twice}`], /./],
  ];
  // The first four fail in different ways.
  it.each(isFull ? failures : failures.slice(0, 4))(
    "ends with the reason and no trace if %s",
    async (_, args, message) => {
      const before = readdirSync(file(""));
      const { code, stdout, stderr } = await run(...args);
      expect([code, stdout]).toEqual([args[0] === "--ticket" ? 2 : 1, ""]);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/\n {4}at /);
      expect(readdirSync(file(""))).toEqual(before);
      expect(readFileSync(twice, "utf8")).toMatch(/^\{"id":"0000001"/);
    },
  );

  const many = ticketFile("many.jsonl", generatedTickets(3_000));
  const signals = [
    ["SIGINT", 130, ["--think", "5000"]],
    ["SIGHUP", 129, ["--tickets", many]],
    ["SIGTERM", 143, ["--think", "5000", "--workers", "2"]],
  ] as const;
  it.skipIf(isWindows).concurrent.each(isFull ? signals : signals.slice(0, 1))(
    "ends in order after %s",
    async (signal, code, args) => {
      const { child, ended } = start(...args);
      child.stderr?.once("data", () => setTimeout(() => child.kill(signal), 300));
      expect(await ended).toMatchObject({
        code,
        stdout: expect.stringContaining("was interrupted"),
      });
    },
  );

  it.skipIf(isWindows).concurrent("ends at once after a second signal", async () => {
    const { child, ended, said } = start("--think", "60000", "--workers", "2");
    while (!said().includes("Worker 2 is")) await wait(5);
    child.kill("SIGINT");
    // Another signal of the same kind would be merged with one that has not arrived.
    child.kill("SIGTERM");
    const { code, stdout } = await ended;
    expect([[130, 143].includes(code ?? 0), stdout]).toEqual([true, ""]);
  });
});

/** Runs last: however a demo ended, it has removed its temporary file. */
it("leaves nothing in the directory for temporary files", () => {
  expect(readdirSync(temporary)).toEqual([]);
});
