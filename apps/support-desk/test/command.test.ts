import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

import { afterAll, describe, expect, it } from "vitest";

import { parseOptions } from "../src/command/options.ts";
import { widthOf } from "../src/report/format.ts";
import { describeStorage } from "../src/storage.ts";
import options from "./cases/options.json" with { type: "json" };
import storages from "./cases/storages.json" with { type: "json" };
import { closeAll, file, generatedTickets, isWindows, startDemo, ticketFile } from "./support.ts";

afterAll(closeAll);

const temporary = file("tmp");
mkdirSync(temporary);
const start = (...args: string[]) => startDemo(args, { TMPDIR: temporary, TEMP: temporary });
const run = (...args: string[]) => start(...args).ended;
const widest = (text: string): number => Math.max(...text.split("\n").map(widthOf));

describe("options", () => {
  it.each(options as [string[], string][])("%j are refused", (args, message) => {
    const error = { name: "UsageError", message: expect.stringMatching(message) };
    expect(() => parseOptions(args)).toThrow(expect.objectContaining(error));
  });

  it.each(storages as [string, object][])("--storage %s is read", (text, storage) => {
    expect(parseOptions(["--storage", text]).storage).toEqual(storage);
  });

  it("name a storage again, without its password", () => {
    const again = (text: string) => describeStorage(parseOptions(["--storage", text]).storage!);
    for (const name of ["memory", "sqlite:desk.db", "postgres://me@host/db?schema=desk"])
      expect(again(name)).toBe(name);
    expect(again("postgres://me:secret@host/db?password=secret")).not.toContain("secret");
  });

  it("take model names with colons", () => {
    const baseUrl = "http://127.0.0.1:11434/v1";
    const { model } = parseOptions(["--model", "openai:llama3.3:70b", "--base-url", baseUrl]);
    expect(model).toMatchObject({ provider: "openai", name: "llama3.3:70b", baseUrl });
  });
});

describe("the demo", () => {
  it("answers its own tickets and prints ten lines", async () => {
    const { code, stdout, stderr } = await run();
    const lines = `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
    expect([code, lines[0]]).toEqual([0, "42 of 42 tickets are answered, with no problems"]);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(stdout).toMatch(/Leaks +0 +in 126 reads of 14 private items by 9 agents/);
    expect(stdout).not.toContain("\u001B");
  });

  it("writes every report in the format of its name, and resumes", async () => {
    const [json, page, text] = ["r.json", "r.html", "r.txt"].map(file) as [string, string, string];
    const storage = ["--storage", `sqlite:${file("own.db")}`, "--full"];
    const first = await run(
      "--",
      ...storage,
      ...[json, page, text].flatMap((path) => ["--report", path]),
    );
    expect(first).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(json, "utf8"))).toMatchObject({
      run: { answered: 42, answeredBefore: 0 },
    });
    expect(readFileSync(page, "utf8")).toMatch(/^<!doctype html>[^]*<td>Visitor<\/td>/);
    expect(first.stdout.trimStart()).toBe(readFileSync(text, "utf8"));
    expect(first.stdout).toMatch(/✗ Specialist-4 does not see "escalation:/);
    const again = await run(...storage, "--explain", "Intake,ticket:0000001");
    expect(again.stderr).toContain("It resumes: 42 of 42 are answered.");
    expect(again.stdout).toContain('Intake sees "ticket:0000001"');
  });

  it("prints at most 80 columns, however long names are", async () => {
    const long = "a-file-of-tickets-with-a-long-name-".repeat(4);
    const tickets = generatedTickets(22).map(({ id, text }) => ({ id: `${long}${id}`, text }));
    const args = [
      "--tickets",
      ticketFile(`${long}.jsonl`, tickets),
      "--storage",
      "memory",
      "--full",
    ];
    const { code, stdout, stderr } = await run(
      ...args,
      "--explain",
      `Manager,escalation:${long}0000011`,
    );
    expect([code, widest(stdout + stderr) <= 80]).toEqual([0, true]);
    expect(stdout).toContain("22 of 22 tickets are answered, with no problems");
    expect(stdout).toMatch(/memory holds \d+ items, .*\s.*durability "none"/);
  });

  it("prints its usage", async () => {
    const { code, stdout } = await run("--help");
    expect([code, widest(stdout) <= 80]).toEqual([0, true]);
    for (const name of ["tickets", "storage", "workers", "model", "report"])
      expect(stdout).toContain(`--${name}`);
  });

  it.each([
    [
      "a key is missing",
      ["--model", "openai:gpt-5-mini"],
      /OPENAI_API_KEY is not set.*\n.*Without --model/,
    ],
    [
      "a key is missing",
      ["--model", "anthropic:a"],
      /ANTHROPIC_API_KEY is not set, and anthropic:a needs/,
    ],
    ["a report has no place", ["--report", file("none/report.html")], /none/],
    [
      "a ticket occurs twice",
      ["--tickets", ticketFile("twice.jsonl", [...generatedTickets(1), ...generatedTickets(1)])],
      /line 1/,
    ],
    ["tickets are missing", ["--tickets", file("none.csv")], /none\.csv/],
    [
      "the storage has no folder",
      ["--storage", `sqlite:${file("no/such/place.db")}`],
      /does not exist/,
    ],
    [
      "the storage is another file",
      ["--storage", `sqlite:${ticketFile("notes.db", generatedTickets(9))}`],
      /./,
    ],
    ["the option is unknown", ["--ticket", "x"], /^Unknown option '--ticket'\nSee --help\.\n$/],
  ])("ends with the reason and no trace if %s", async (_, args, message) => {
    const before = readdirSync(file("")).length;
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([args[0] === "--ticket" ? 2 : 1, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(readdirSync(file(""))).toHaveLength(before);
  });

  it.skipIf(isWindows).each([
    ["SIGINT", 1, 130],
    ["SIGTERM", 2, 143],
    ["SIGHUP", 1, 129],
  ] as const)("ends in order after %s, with %i processes", async (signal, workers, code) => {
    const { child, ended } = start("--think", "5000", "--workers", String(workers));
    child.stderr?.once("data", () => child.kill(signal));
    expect(await ended).toMatchObject({ code, stdout: expect.stringContaining("was interrupted") });
  });

  it.skipIf(isWindows)("ends at once after a second signal", async () => {
    const { child, ended, said } = start("--think", "60000", "--workers", "2");
    while (!said().includes("workers: processes")) await wait(5);
    child.kill("SIGINT");
    // Another signal of the same kind would be merged with one that has not arrived.
    child.kill("SIGTERM");
    const { code, stdout } = await ended;
    expect([[130, 143].includes(code ?? 0), stdout]).toEqual([true, ""]);
  });

  it.skipIf(isWindows)("ends in order while everything is decided at once", async () => {
    const tickets = ticketFile("many.jsonl", generatedTickets(3_000));
    const { child, ended } = start("--tickets", tickets, "--storage", `sqlite:${file("many.db")}`);
    child.stderr?.once("data", () => setTimeout(() => child.kill("SIGINT"), 300));
    const { code, stdout, stderr } = await ended;
    expect([code, existsSync(file("many.db"))]).toEqual([130, true]);
    expect(stdout).toContain("The run was interrupted.");
    expect(stderr).toContain("To resume: the same --tickets and --storage.");
  });

  it("leaves another file as it was", async () => {
    writeFileSync(file("other.db"), "These are my notes, and no database. ".repeat(40));
    expect(await run("--storage", `sqlite:${file("other.db")}`)).toMatchObject({ code: 1 });
    expect(readFileSync(file("other.db"), "utf8")).toMatch(/^These are my notes/);
  });
});

/** Runs last: however a demo ended, it has removed its temporary file. */
it("leaves nothing in the directory for temporary files", () => {
  expect(readdirSync(temporary)).toEqual([]);
});
