import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../src/report/facts.ts";
import { toHtml } from "../src/report/html.ts";
import { type Report, toReport } from "../src/report/report.ts";
import { toTerminal } from "../src/report/terminal.ts";
import { closeAll, generatedTickets, never, newDesk, quietRun } from "./support.ts";

afterAll(closeAll);

/** What an id may be: it comes from a file. */
const odd = `<img src=x onerror=alert(1)>&"\u001B[2J${"x".repeat(120)}`;

/** After a quiet run, a run with every problem, and a run without tickets. */
const reports = {} as { quiet: Report; troubled: Report; empty: Report };
beforeAll(async () => {
  const desk = newDesk();
  const tickets = generatedTickets(110).map(({ id, text }) => ({ id: `${odd}${id}`, text }));
  const labels = new Map(tickets.map(({ id }) => [id, { category: "ORDER", intent: "x" }]));
  await desk.work(tickets, never);
  const quiet = await collect(desk.mesh, labels, quietRun);
  const counts = { decisions: 26_872, requests: 116_000, toolCalls: 116_000, wrong: 330 };
  const usage = [{ agent: "Specialist-2", ...counts, tokens: 123_456_789 }];
  const leaks = Array.from({ length: 6 }, () => `Visitor got ${odd}, which does not name it`);
  const troubled = {
    ...quiet,
    run: { ...quiet.run, interrupted: true, deaths: 1, model: odd, usage },
    privacy: { ...quiet.privacy, leaks },
    waits: quiet.waits.slice(1),
    held: 1,
  };
  const empty = await collect(newDesk().mesh, new Map(), quietRun);
  for (const [name, facts] of Object.entries({ quiet, troubled, empty }))
    reports[name as keyof typeof reports] = toReport(facts);
});
const names = ["quiet", "troubled", "empty"] as const;

describe("a report on a terminal", () => {
  it("is a summary of nine lines", () => {
    const text = toTerminal(reports.quiet);
    expect(text).toMatch(/^110 of 110 tickets answered, with no problems\n(.+\n){8}$/);
  });

  it("names each problem first", () => {
    const text = toTerminal(reports.troubled).replaceAll(/\n {4,}/g, " ");
    const [first, ...lines] = text.split("\n");
    expect(first).toBe("109 of 110 tickets answered, with problems:");
    expect(lines.slice(0, 11)).toEqual([
      ...Array.from({ length: 5 }, () => expect.stringMatching(/^ {2}✗ LEAK: Visitor got/)),
      "  ✗ There are 6 leaks in all.",
      "  ✗ The run was interrupted.",
      "  ✗ 1 ticket not answered.",
      "  ✗ 1 task still claimed.",
      "  ✗ 1 worker died and had to be replaced.",
      expect.stringMatching(/^ {2}Answered/),
    ]);
  });

  it.each(names)("has no control characters, and aligned tables: %s", (name) => {
    const text = toTerminal(reports[name], true);
    expect(/NaN|undefined|Infinity|[^\n\P{Cc}]/u.exec(text)?.[0]).toBeUndefined();
    const tables = text.match(/ {2}(?:agent|category) .*\n(.+\n)+/g) ?? [];
    const widths = tables.map((table) =>
      table
        .trimEnd()
        .split("\n")
        .map(({ length }) => length),
    );
    expect(widths.filter((each) => new Set(each).size > 1)).toEqual([]);
    expect(tables.length).toBe(name === "troubled" ? 3 : name === "quiet" ? 2 : 1);
  });
});

describe("a report as a page", () => {
  it.each(names)("needs nothing but itself: %s", (name) => {
    const page = toHtml(reports[name]);
    const tags = page.match(/<[a-z][^>]*>/g) ?? [];
    expect(tags.filter((tag) => /^<(script|img|link)| (on\w+|src|href)=/.test(tag))).toEqual([]);
    expect(/url\(|NaN|undefined|Infinity|[^\n\P{Cc}]/u.exec(page)?.[0]).toBeUndefined();
  });

  it("shows problems before anything else, and a chart", () => {
    expect(toHtml(reports.quiet)).toContain("No problems");
    const page = toHtml(reports.troubled);
    expect(page.indexOf("LEAK: Visitor")).toBeLessThan(page.indexOf("Time to answer"));
    expect(page.match(/<path class="line/g)).toHaveLength(3);
    expect(page).toMatch(/class="bar/);
  });
});
