import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { fit, widthOf, wrap } from "../src/report/format.ts";
import { toHtml } from "../src/report/html.ts";
import { collect, type Report, timesOf } from "../src/report/report.ts";
import { toSummary, toTerminal } from "../src/report/terminal.ts";
import { progressLine } from "../src/command/progress-line.ts";
import { closeAll, generatedTickets, never, newDesk } from "./support.ts";

afterAll(closeAll);

/** What an id may be: it comes from a file. */
const odd = `<img src=x onerror=alert(1)>&"\u001B[2J受付${"x".repeat(120)}`;

/** After a quiet run, a run with every problem, and a run without tickets. */
const reports = {} as { quiet: Report; troubled: Report; empty: Report };
beforeAll(async () => {
  const progress = progressLine({ isTTY: false, write: () => true } as never);
  const desk = newDesk({ onProgress: progress.show });
  const tickets = generatedTickets(110).map(({ id, text }) => ({ id: `${odd}${id}`, text }));
  await desk.work(tickets, never);
  const quiet = await collect({
    desk,
    workers: [],
    labels: new Map(tickets.map(({ id }) => [id, { category: "ORDER", intent: "place_order" }])),
    run: { answeredBefore: 0, seconds: 1, thinkingMs: 0, interrupted: false, model: null },
    timeline: progress.points(),
    questions: [{ agent: odd, key: `ticket:${odd}0000001` }],
    storage: { name: "memory", durability: "none", bytes: 1e7 },
  });
  const counts = {
    decisions: 26_872,
    requests: 116_000,
    refused: 12,
    calls: 116_000,
    wrong: 330,
    undecided: 4,
  };
  const times = {
    fallbacks: 4,
    inputTokens: 123_456_789,
    outputTokens: 12_345_678,
    medianMs: 1_234,
    p99Ms: 9_999,
  };
  const total = { ...counts, ...times, name: "all" };
  const [first] = quiet.processes as [Report["processes"][number]];
  const states = { open: 0, claimed: 1, done: 0, failed: 2 };
  const troubled = {
    ...quiet,
    run: { ...quiet.run, tickets: 26_872, answered: 26_000, interrupted: true, model: odd },
    model: { total, byName: [{ ...total, name: "Specialist-12" }] },
    processes: [first, { ...first, name: "worker 1", end: "SIGKILL", recovered: 26_000 }],
    privacy: {
      ...quiet.privacy,
      leaks: Array.from({ length: 6 }, () => ({ agent: "Visitor", key: odd })),
    },
    states: { ...quiet.states, strategy: states },
  };
  const none = { timeToAnswer: null, accuracy: null, lateJoiner: null };
  const lists = { timeline: [], categories: [], sight: [], explanations: [] };
  Object.assign(reports, { quiet, troubled, empty: { ...quiet, ...none, ...lists } });
});
const names = ["quiet", "troubled", "empty"] as const;

describe("a report on a terminal", () => {
  it("is a summary of ten lines", () => {
    const lines = toSummary(reports.quiet).trimEnd().split("\n");
    expect(lines[0]).toBe("110 of 110 tickets are answered, with no problems");
    expect(lines.length).toBeLessThanOrEqual(10);
  });

  it("names each problem first", () => {
    const [first, ...lines] = toSummary(reports.troubled).split("\n");
    expect(first).toBe("26,000 of 26,872 tickets are answered, with problems:");
    const problems = lines.filter((line) => line.startsWith("  ✗ ")).map((line) => line.slice(4));
    expect(problems).toEqual([
      ...Array.from({ length: 5 }, () => expect.stringMatching(/^LEAK: Visitor got/)),
      "There are 6 leaks in all.",
      "The run was interrupted.",
      "872 tickets not answered.",
      "2 strategies failed.",
      "1 strategy still claimed.",
      "1 worker died and had to be replaced.",
      "4 times the model made no decision.",
    ]);
    expect(lines.findIndex((line) => line.startsWith("  Answered"))).toBeGreaterThan(
      problems.length,
    );
  });

  it.each(names)("fits 80 columns and commands no terminal: %s", (name) => {
    const text = toTerminal(reports[name]);
    expect(text.split("\n").filter((line) => widthOf(line) > 80)).toEqual([]);
    expect(/NaN|undefined|Infinity|[^\n\P{Cc}]/u.exec(text)?.[0]).toBeUndefined();
  });

  it("draws aligned tables, and cuts no number", () => {
    const tables = toTerminal(reports.troubled).match(/.*\n {2}─+\n(.+\n)+/g) ?? [];
    expect(tables.length).toBeGreaterThan(3);
    for (const table of tables) {
      expect(new Set(table.trimEnd().split("\n").map(widthOf)).size).toBe(1);
      expect(table).not.toMatch(/\d…/);
    }
  });
});

describe("a report as a page", () => {
  it.each(names)("needs nothing but itself: %s", (name) => {
    const page = toHtml(reports[name]);
    const tags = page.match(/<[a-z][^>]*>/g) ?? [];
    expect(tags.filter((tag) => /^<(script|img|link)| (on\w+|src|href)=/.test(tag))).toEqual([]);
    expect(/url\(|NaN|undefined|Infinity|[^\n\P{Cc}]/u.exec(page)?.[0]).toBeUndefined();
    const open: string[] = [];
    for (const [, slash, tag = "", rest = ""] of page.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g)) {
      if (tag === "meta" || rest.endsWith("/")) continue;
      if (slash === "" || open.at(-1) !== tag) open.push(tag);
      else open.pop();
    }
    expect(open).toEqual([]);
  });

  it("shows problems before anything else, and charts", () => {
    expect(toHtml(reports.quiet)).toContain("No problems");
    const page = toHtml(reports.troubled);
    expect(page.indexOf("LEAK: Visitor")).toBeLessThan(page.indexOf("Time to answer"));
    expect([page.match(/<svg/g)?.length, page.match(/class="bar/g)?.length]).toEqual([
      2,
      expect.any(Number),
    ]);
  });
});

describe("the figures of a report", () => {
  it("have quantiles and a curve of waiting times", () => {
    const found = timesOf([...Array.from({ length: 999 }, (_, i) => i), 1e7]);
    expect(found).toMatchObject({ medianMs: 499, p99Ms: 989, longestMs: 1e7 });
    expect([found?.curve.length, found?.curve[49]?.ms]).toEqual([100, 499]);
    expect(timesOf([])).toBeNull();
    expect(timesOf([0])).toMatchObject({ curve: [{ ms: 0 }], medianMs: 0 });
  });

  it("keep few points of a long run, the last one included", () => {
    const { show, points } = progressLine({ isTTY: false, write: () => true } as never);
    for (let answered = 1; answered <= 5_000; answered++)
      show({ total: 5_000, taken: 5_000, triaged: 5_000, answered, specialists: 4 });
    const times = points().map(({ ms }) => ms);
    expect([points().length < 300, points().at(-1)?.answered]).toEqual([true, 5_000]);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

it("measures, cuts and wraps text by columns", () => {
  expect(["abc", "受付", "e\u0301", "\u200B", "✗"].map(widthOf)).toEqual([3, 4, 1, 0, 1]);
  const cut = [fit("abc", 5), fit("abc", 5, true), fit("abcdef", 4), fit("受付受付", 4)];
  expect(cut).toEqual(["abc  ", "  abc", "abc…", "受… "]);
  expect([wrap("one two three", 8), wrap("a 受付受付", 5), wrap("", 5)]).toEqual([
    "one two\nthree",
    "a\n受付\n受付",
    "",
  ]);
});
