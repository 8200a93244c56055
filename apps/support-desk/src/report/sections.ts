import { VISITOR } from "./audit.ts";
import { count, duration, toText } from "./format.ts";
import type { Report } from "./report.ts";

/** Rows of named values: a heading is a name in words, and a name that ends with `Ms` is a duration. */
export type Table = readonly Readonly<Record<string, number | string>>[];
/** Lines over time, and vertical marks. */
export type Chart = {
  points: readonly ({ ms: number } & Record<string, number>)[];
  marks: readonly number[];
  markName: string;
};
/** A part of a report: a terminal shows the text and the table, a page the chart as well. */
export type Section = { title: string; lines: readonly string[]; chart?: Chart; table?: Table };

/** The parts of a report, the most telling first. */
export function toSections(report: Report): Section[] {
  const { run, privacy, timeToAnswer: times, storage, lateJoiner, model } = report;
  const points = report.timeline.map(({ ms, answered, triaged, taken }) => ({
    ms,
    answered,
    triaged,
    taken,
  }));
  const joined = report.timeline.filter(
    ({ specialists }, i) => specialists > (report.timeline[i - 1]?.specialists ?? 99),
  );
  const saw =
    lateJoiner &&
    `saw ${count(lateJoiner.saw.ticket, "ticket")} and ${count(lateJoiner.saw.case, "case")} from before at once`;
  const held = `${count(storage.items, "item")}, ${count(storage.events, "event")} and ${count(storage.commits, "commit")}`;
  const size = storage.bytes === null ? "" : ` in ${(storage.bytes / 1e6).toFixed(1)} MB`;
  const mark = (isGood: boolean, text: string) => `${isGood ? "✓" : "✗"} ${text}`;
  const sections: Section[] = [
    {
      title: "Tickets over time",
      lines: [
        `${toText(run.answered - run.answeredBefore)} answered in ${duration(run.seconds * 1_000)}.`,
      ],
      chart: { points, marks: joined.map(({ ms }) => ms), markName: "a specialist joined" },
    },
    {
      title: "Who sees what",
      lines: [
        "Tickets and cases are on topics: their subscribers see them. Escalations and strategies name their agents.",
        `${VISITOR} has no task and subscribed to every topic, to show that topics organise and names protect.`,
        ...(lateJoiner
          ? [
              `${lateJoiner.name} joined last, subscribed to ${lateJoiner.topics.join(", ")}, and ${saw}.`,
            ]
          : []),
      ],
      table: report.sight,
    },
    {
      title: "Private items",
      lines: [
        `${count(privacy.agents, "agent")} read each of ${count(privacy.items, "private item")} by its key: ${count(privacy.reads, "read")}.`,
        mark(
          true,
          `${toText(privacy.seenByNamed)} by agents that the item names, or that pushed it.`,
        ),
        mark(privacy.leaks.length === 0, `${toText(privacy.leaks.length)} by other agents.`),
        ...report.explanations.map(({ visible, text }) => mark(visible, text)),
        "To ask about others: --explain AGENT,KEY.",
      ],
    },
    { title: "Answers by category", lines: [], table: report.categories },
    {
      title: "Time to answer",
      lines: ["From a ticket's push to its answer, in percent of the tickets."],
      ...(times && {
        chart: {
          points: times.curve,
          marks: [times.medianMs, times.p99Ms],
          markName: "median and p99",
        },
      }),
    },
    {
      title: "Tool calls and storage",
      lines: [`${storage.name} holds ${held}${size}; durability "${storage.durability}".`],
      table: report.calls.byName.toSorted((a, b) => b.calls - a.calls),
    },
  ];
  if (model !== null) {
    const lines = [
      "Wrong decisions were handed back to the model. Tokens are as the vendor counts.",
    ];
    const table = [...model.byName, model.total].map(
      ({ name, decisions, requests, calls, wrong, medianMs, ...each }) => {
        return {
          name,
          decisions,
          requests,
          calls,
          wrong,
          tokens: each.inputTokens + each.outputTokens,
          medianMs,
        };
      },
    );
    sections.push({ title: "The model", lines, table });
  }
  if (report.processes.length > 1) {
    const lines = ["What a dead worker had claimed was recovered when its leases ended."];
    sections.push({ title: "Processes", lines, table: report.processes });
  }
  return sections;
}
