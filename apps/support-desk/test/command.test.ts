import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseOptions } from "../src/command/options.ts";
import { widthOf } from "../src/report/text-width.ts";
import { startDemo } from "./demo-process.ts";
import { generatedTickets, toJsonl } from "./generated-tickets.ts";

let directory: string;
/** The system's directory for temporary files, as the demo sees it. */
let temporary: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "desk-command-"));
  temporary = join(directory, "tmp");
  await mkdir(temporary);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const start = (...args: string[]) =>
  startDemo(args, { TMPDIR: temporary, TEMP: temporary, OPENAI_API_KEY: undefined });
const run = (...args: string[]) => start(...args).ended;

const widest = (text: string): number => Math.max(...text.split("\n").map((line) => widthOf(line)));

describe("the demo", () => {
  it("answers its own tickets and shows ten lines", async () => {
    const { code, stdout, stderr } = await run();
    expect(code).toBe(0);
    const lines = `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
    expect(lines[0]).toBe("42 of 42 tickets are answered, with no problems");
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(stdout).toMatch(/Leaks +0 +in 126 reads of 14 private items by 9 agents/);
    expect(stdout).not.toContain("\u001B");
    expect(widest(stdout + stderr)).toBeLessThanOrEqual(80);
    expect(await readdir(temporary)).toEqual([]);
  });

  it("writes every report that is asked for, each in the format of its name", async () => {
    const names = ["report.json", "report.html", "report.txt"];
    const files = names.map((name) => join(directory, name));
    const db = join(directory, "own.db");
    const reports = files.flatMap((file) => ["--report", file]);
    const ended = await run("--", "--storage", `sqlite:${db}`, "--full", ...reports);
    expect(ended).toMatchObject({ code: 0 });
    const [json = "", page = "", text = ""] = await Promise.all(
      files.map((file) => readFile(file, "utf8")),
    );
    expect(JSON.parse(json)).toMatchObject({
      run: { tickets: 42, answered: 42, answeredBefore: 0 },
    });
    expect(page).toMatch(/^<!doctype html>[^]*<td class="">Visitor<\/td>/);
    expect(ended.stdout.trimStart()).toBe(text);
    expect(text).toMatch(/✗ Specialist-4 does not see "escalation:/);
    const again = await run(
      "--storage",
      `sqlite:${db}`,
      "--full",
      "--explain",
      "Intake,ticket:0000001",
    );
    expect(again.stderr).toContain("It resumes: 42 of 42 are answered.");
    expect(again.stdout).toContain('Intake sees "ticket:0000001"');
  });

  it("prints nothing wider than 80 columns, however long names are", async () => {
    const long = "a-file-of-tickets-with-a-long-name-".repeat(4);
    const tickets = join(directory, `${long}.jsonl`);
    const texts = generatedTickets(22).map(({ id, text }) => ({ id: `${long}${id}`, text }));
    await writeFile(tickets, toJsonl(texts));
    const question = `Manager,escalation:${long}0000011`;
    const { code, stdout, stderr } = await run(
      "--tickets",
      tickets,
      "--full",
      "--explain",
      question,
    );
    expect(code).toBe(0);
    expect(stdout).toContain("22 of 22 tickets are answered, with no problems");
    expect(widest(stdout + stderr)).toBeLessThanOrEqual(80);
  });

  it("works in memory, where nothing of it stays", async () => {
    const { code, stdout } = await run("--storage", "memory", "--full");
    expect(code).toBe(0);
    expect(stdout).toContain("42 of 42 tickets are answered");
    expect(stdout).toMatch(/memory holds 95 items, .*\s.*durability "none"/);
  });

  it("says how it is used", async () => {
    const { code, stdout } = await run("--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/--tickets FILE[^]*--storage STORAGE[^]*--workers N[^]*--specialists N/);
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });
});

describe("what the demo leaves in the directory for temporary files", () => {
  const isNothing = async (): Promise<void> => expect(await readdir(temporary)).toEqual([]);

  it("is nothing when a key is missing", async () => {
    const { code, stderr } = await run("--model", "openai:gpt-5-mini");
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("OPENAI_API_KEY"),
    });
    await isNothing();
  });

  it("is nothing when the tickets or the place of a report can't be used", async () => {
    const missing = await run("--report", join(directory, "none", "report.html"));
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("none") });
    const tickets = join(directory, "twice.jsonl");
    await writeFile(tickets, toJsonl([...generatedTickets(1), ...generatedTickets(1)]));
    expect(await run("--tickets", tickets)).toMatchObject({ code: 1 });
    await isNothing();
  });

  const ends = [
    ["SIGINT", 1, 130],
    ["SIGTERM", 2, 143],
    ["SIGHUP", 1, 129],
  ] as const;
  it.skipIf(process.platform === "win32").each(ends)(
    "is nothing after %s, with %i processes at work",
    async (signal, workers, code) => {
      const { child, ended } = start("--think", "5000", "--workers", String(workers));
      child.stderr?.once("data", () => child.kill(signal));
      expect(await ended).toMatchObject({
        code,
        stdout: expect.stringContaining("was interrupted"),
      });
      await isNothing();
    },
  );

  it.skipIf(process.platform === "win32")("is nothing after a second Ctrl-C", async () => {
    const { child, ended, told } = start("--think", "60000", "--workers", "2");
    while (!told().includes("workers: processes"))
      await new Promise((resolve) => child.stderr?.once("data", resolve));
    child.kill("SIGINT");
    // Another signal of the kind is merged with one that has not arrived.
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({
      code: expect.toSatisfy((code) => code === 130 || code === 143),
      stdout: "",
    });
    await isNothing();
  });
});

describe.skipIf(process.platform === "win32")("Ctrl-C", () => {
  it("ends the demo in order, also where everything is decided at once", async () => {
    const tickets = join(directory, "many.jsonl");
    const db = join(directory, "many.db");
    await writeFile(tickets, toJsonl(generatedTickets(3_000)));
    const { child, ended } = startDemo(["--tickets", tickets, "--storage", `sqlite:${db}`]);
    child.stderr?.once("data", () => setTimeout(() => child.kill("SIGINT"), 300));
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain("The run was interrupted.");
    expect(stderr).toContain("To resume: the same --tickets and --storage.");
    expect(existsSync(db)).toBe(true);
  });
});
describe("a command that can't be followed", () => {
  const misuses: readonly (readonly [string[], RegExp])[] = [
    [["--ticket", "x"], /Unknown option '--ticket'/],
    [["x.csv"], /Unexpected argument 'x.csv'/],
    [["--tickets", ""], /--tickets needs a file's name/],
    [["--specialists", "0"], /--specialists is a whole number from 1 to 32, not "0"/],
    [["--specialists", "two"], /not "two"/],
    [["--lease", ""], /--lease is a number/],
    [["--durability", "none"], /power or process, not "none"/],
    [["--storage", "desk.db"], /memory, sqlite:FILE or postgres:.*, not "desk.db"/],
    [["--storage", "sqlite:"], /memory, sqlite:FILE or postgres:/],
    [["--storage", "memory", "--durability", "process"], /--durability is not for memory/],
    [["--storage", "memory", "--workers", "2"], /a storage that processes can share/],
    [["--storage", "sqlite::memory:", "--workers", "2"], /a storage that processes can share/],
    [["--workers", "0"], /--workers is a whole number from 1 to 32, not "0"/],
    [["--explain", "Manager"], /an agent and a key/],
    [["--report", "report.pdf"], /\.html, \.json, \.txt/],
    [["--report", "report.html", "--report", "report.md"], /not "report.md"/],
  ];

  it.each(misuses)("%j is refused with what is wrong", (args, message) => {
    expect(() => parseOptions(args)).toThrow(
      expect.objectContaining({ name: "UsageError", message: expect.stringMatching(message) }),
    );
  });

  it("ends with code 2, without a trace", async () => {
    const { code, stderr } = await run("--ticket", "x");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "Unknown option '--ticket'\nSee --help.\n",
    });
  });

  it("names a file that is not there, or not a mesh", async () => {
    const missing = await run("--tickets", join(directory, "none.csv"));
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/none\.csv/) });
    const text = join(directory, "notes.db");
    await writeFile(text, "These are my notes, and no database at all.".repeat(40));
    const foreign = await run("--storage", `sqlite:${text}`);
    expect(foreign.code).toBe(1);
    expect(foreign.stderr).not.toMatch(/\n {4}at /);
    expect(await readFile(text, "utf8")).toMatch(/^These are my notes/);
    const nowhere = await run("--storage", `sqlite:${join(directory, "no", "such", "place.db")}`);
    expect(nowhere.code).toBe(1);
    expect(nowhere.stderr).toMatch(/does not exist/);
  });
});
