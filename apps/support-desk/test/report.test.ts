import { MemoryStorage } from "@syntha/core";
import { beforeAll, describe, expect, it } from "vitest";

import { Desk } from "../src/desk/desk.ts";
import { rules } from "../src/mind.ts";
import { collect } from "../src/report/collect.ts";
import { distributionOf } from "../src/report/distribution.ts";
import type { Report } from "../src/report/report.ts";
import { Timeline } from "../src/report/timeline.ts";
import { toHtml } from "../src/report/to-html.ts";
import { toSummary, toTerminal } from "../src/report/to-terminal.ts";
import { fit, widthOf, wrap } from "../src/report/text-width.ts";
import { generatedTickets } from "./generated-tickets.ts";

/** What ids may be, since they come from a file. */
const odd = `<img src=x onerror=alert(1)>&"\u001B[2J受付${"x".repeat(120)}`;

let report: Report;
beforeAll(async () => {
  const timeline = new Timeline();
  const desk = new Desk({
    storage: new MemoryStorage(),
    mind: rules,
    specialists: 4,
    leaseSeconds: 5,
    onProgress: (progress) => timeline.add(progress),
  });
  const tickets = generatedTickets(110).map(({ id, text }) => ({ id: `${odd}${id}`, text }));
  await desk.work(tickets, new AbortController().signal);
  const labels = new Map(
    tickets.map(({ id }) => [id, { category: "ORDER", intent: "place_order" }]),
  );
  report = await collect({
    desk,
    processes: [],
    labels,
    run: { answeredBefore: 0, seconds: 1, thinkingMs: 0, interrupted: false, model: null },
    timeline: timeline.points(),
    questions: [{ agent: odd, key: `ticket:${odd}0000001` }],
    storage: { choice: { kind: "memory" }, isTemporary: false, durability: "none" },
  });
  await desk.mesh.close();
});

/** A run in which everything went wrong that a report speaks of. */
function troubled(): Report {
  const figures = {
    decisions: 26_872,
    requests: 116_000,
    refused: 12,
    calls: 116_000,
    wrong: 330,
    undecided: 4,
    fallbacks: 4,
    inputTokens: 123_456_789,
    outputTokens: 12_345_678,
    medianMs: 1_234,
  };
  const desk = report.processes[0]!;
  const byAgent = [
    { ...figures, agent: "Triage" },
    { ...figures, agent: "Specialist-12" },
  ];
  return {
    ...report,
    run: { ...report.run, tickets: 26_872, answered: 26_000, interrupted: true, model: odd },
    model: { total: { ...figures, agent: "all" }, byAgent },
    processes: [desk, { ...desk, name: "worker 1", death: "SIGKILL", takenOver: 26_000 }],
    privacy: { ...report.privacy, leaks: [{ agent: "Visitor", key: `escalation:${odd}` }] },
    states: [{ kind: "strategy", counts: { open: 0, claimed: 1, done: 0, failed: 2 } }],
  };
}

describe("the report on a terminal", () => {
  it("is a summary of ten lines", () => {
    const lines = toSummary(report).trimEnd().split("\n");
    expect(lines[0]).toBe("110 of 110 tickets are answered, with no problems");
    expect(lines.length).toBeLessThanOrEqual(10);
  });

  it("names each problem first", () => {
    const [first, ...lines] = toSummary(troubled()).split("\n");
    expect(first).toBe("26,000 of 26,872 tickets are answered, with problems:");
    const problems = lines.filter((line) => line.startsWith("  ✗ ")).map((line) => line.slice(4));
    expect(problems).toEqual([
      expect.stringMatching(/^LEAK: Visitor got/),
      "The run was interrupted.",
      "872 tickets not answered.",
      "2 strategies failed.",
      "1 strategy still claimed.",
      "1 worker died and had to be replaced.",
      "4 times the model came to no decision.",
    ]);
    expect(lines.findLastIndex((line) => line.startsWith("  ✗ "))).toBeLessThan(
      lines.findIndex((line) => line.startsWith("  Answered")),
    );
  });

  it("is at most 80 columns wide, with any text, and commands no terminal", () => {
    for (const text of [toTerminal(report), toTerminal(troubled())]) {
      const lines = text.split("\n");
      expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
      expect(text).not.toContain("\u001B");
      expect(/NaN|undefined|Infinity/.exec(text)?.[0]).toBeUndefined();
    }
  });

  it("draws tables whose lines are equally wide, and cuts no number", () => {
    const tables = toTerminal(troubled())
      .split(/\n(?! {2}[│├└])/)
      .filter((part) => part.includes("┌"));
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) {
      const widths = table
        .split("\n")
        .filter((line) => /^ {2}[┌│├└]/.test(line))
        .map(widthOf);
      expect(new Set(widths).size).toBe(1);
      expect(table).not.toMatch(/\d…/);
    }
  });
});

describe("the report as a page", () => {
  it.each([
    ["a quiet run", () => report],
    ["a troubled run", troubled],
  ])("needs nothing but itself, after %s", (_, of) => {
    const page = toHtml(of());
    const tags = page.match(/<[a-z][^>]*>/g) ?? [];
    expect(tags.filter((tag) => /^<(script|img|link)| (on\w+|src|href)=/.test(tag))).toEqual([]);
    expect(page.includes("url(")).toBe(false);
    expect(/NaN|undefined|Infinity|[^\n\P{Cc}]/u.exec(page)?.[0]).toBeUndefined();
    expect(page.match(/<svg/g)?.length).toBeGreaterThan(10);
    expect(unclosed(page)).toEqual([]);
  });

  it("says what is wrong before anything else", () => {
    expect(toHtml(report)).toContain("No problems");
    const page = toHtml(troubled());
    expect(page.indexOf("LEAK: Visitor")).toBeGreaterThan(0);
    expect(page.indexOf("LEAK: Visitor")).toBeLessThan(page.indexOf("Time to answer"));
  });

  it("is drawn for a run without tickets too", () => {
    const nothing: Report = {
      ...report,
      timeline: [],
      timeToAnswer: null,
      categories: [],
      answers: [],
      sight: [],
      accuracy: null,
      newcomer: null,
      explanations: [],
      states: [],
      calls: { ...report.calls, byName: [] },
    };
    const text = toHtml(nothing) + toTerminal(nothing);
    expect(/NaN|undefined|Infinity/.exec(text)?.[0]).toBeUndefined();
  });
});

/** Elements that are opened and not closed, in the order in which they are. */
function unclosed(page: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = "", attributes = ""] of page.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g)) {
    if (name === "meta" || attributes.endsWith("/")) continue;
    if (slash === "") open.push(name);
    else if (open.pop() !== name) return [name, ...open];
  }
  return open;
}

describe("a distribution", () => {
  it("counts in round steps, with all that is longer in the last", () => {
    const found = distributionOf([...Array.from({ length: 999 }, (_, i) => i), 1e7]);
    expect(found).toMatchObject({ count: 1_000, medianMs: 499, p99Ms: 989, longestMs: 1e7 });
    expect(found?.stepMs).toBe(50);
    expect(found?.counts.reduce((a, b) => a + b)).toBe(1_000);
    expect(found?.counts.slice(0, 2)).toEqual([50, 50]);
    expect(distributionOf([])).toBeNull();
    expect(distributionOf([0])).toMatchObject({ counts: [1], medianMs: 0 });
  });
});

describe("a timeline", () => {
  it("keeps few points of a long run, the last among them", () => {
    const timeline = new Timeline();
    for (let answered = 1; answered <= 5_000; answered++)
      timeline.add({ total: 5_000, taken: 5_000, triaged: 5_000, answered, specialists: 4 });
    const points = timeline.points();
    expect(points.length).toBeLessThan(300);
    expect(points.at(-1)).toMatchObject({ answered: 5_000 });
    expect(points.map(({ ms }) => ms)).toEqual(
      points.map(({ ms }) => ms).toSorted((a, b) => a - b),
    );
  });
});

describe("text on a terminal", () => {
  it("is measured in columns", () => {
    expect(["abc", "受付", "e\u0301", "\u200B", "✗"].map(widthOf)).toEqual([3, 4, 1, 0, 1]);
  });

  it("is cut or filled to a width", () => {
    expect(fit("abc", 0)).toBe("");
    expect([fit("abc", 5), fit("abc", 5, true), fit("abcdef", 4), fit("受付受付", 4)]).toEqual([
      "abc  ",
      "  abc",
      "abc…",
      "受… ",
    ]);
  });

  it("is wrapped between words, and inside those that are too long", () => {
    expect(wrap("one two three", 8)).toEqual(["one two", "three"]);
    expect(wrap("a 受付受付", 5)).toEqual(["a", "受付", "受付"]);
    expect(wrap("", 5)).toEqual([""]);
  });
});
