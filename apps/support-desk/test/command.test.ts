import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startDemo } from "./demo-process.ts";
import { generatedTickets, toJsonl } from "./generated-tickets.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "desk-command-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Where no storage is named, the mesh is made below the directory, too. */
const run = (...args: string[]) => startDemo(args, { TMPDIR: directory, TEMP: directory }).ended;

describe("the demo", () => {
  it("answers its own tickets and shows a report", async () => {
    const report = join(directory, "report.json");
    const db = join(directory, "own.db");
    const ended = await run("--", "--storage", `sqlite:${db}`, "--report", report);
    expect(ended).toMatchObject({ code: 0 });
    const { stdout } = ended;
    expect(stdout).toContain("42 of 42 tickets are answered.");
    expect(stdout).toContain("Seen by outsiders: 0.");
    expect(stdout).toMatch(/not {3}Specialist-4 does not see "escalation:/);
    expect(stdout).not.toContain("\u001B");
    expect(JSON.parse(await readFile(report, "utf8"))).toMatchObject({
      run: { tickets: 42, answered: 42, answeredBefore: 0 },
    });
    const again = await run("--storage", `sqlite:${db}`, "--explain", "Intake,ticket:0000001");
    expect(again.stderr).toContain("It goes on: 42 of 42 are answered.");
    expect(again.stdout).toContain('Intake sees "ticket:0000001"');
  });

  it("draws tables whose lines are equally long", async () => {
    const { stdout } = await run();
    const tables = stdout.split(/\n(?! {2}[│├└])/).filter((part) => part.includes("┌"));
    expect(tables.length).toBeGreaterThan(4);
    for (const table of tables) {
      const lines = table.split("\n").filter((line) => /^ {2}[┌│├└]/.test(line));
      expect(lines.filter((line) => line.length !== lines[0]?.length)).toEqual([]);
    }
  });

  it("writes the report as a page and as Markdown", async () => {
    const page = join(directory, "report.html");
    const markdown = join(directory, "report.md");
    const db = join(directory, "formats.db");
    await run("--storage", `sqlite:${db}`, "--report", page);
    await run("--storage", `sqlite:${db}`, "--report", markdown);
    expect(await readFile(page, "utf8")).toMatch(/^<!doctype html>[^]*<td>Visitor<\/td>/);
    expect(await readFile(markdown, "utf8")).toMatch(/^# Support desk\n[^]*\| Visitor \|/);
  });

  it("works in memory, where nothing of it stays", async () => {
    const { code, stdout } = await run("--storage", "memory");
    expect(code).toBe(0);
    expect(stdout).toContain("42 of 42 tickets are answered.");
    expect(stdout).toContain('memory, durability "none".');
  });

  it("tells how it is used", async () => {
    const { code, stdout } = await run("--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/--tickets FILE[^]*--storage STORAGE[^]*--workers N[^]*--specialists N/);
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
    expect(stdout).toContain("tickets are answered; the run was interrupted");
    expect(stderr).toContain(`--storage sqlite:${db}`);
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
    [["--report", "report.pdf"], /\.json, \.md, \.html/],
  ];

  it.each(misuses)("%j is answered with what is wrong", async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/See --help/);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(code).toBe(2);
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
