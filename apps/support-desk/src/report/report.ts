import { LATE_JOINERS } from "../desk/roster.ts";
import { VISITOR } from "./audit.ts";
import type { Facts } from "./facts.ts";
import { count, duration, type Table, toText } from "./format.ts";

/** Tickets over time, and when specialists joined. */
export type Chart = {
  endMs: number;
  lines: readonly { name: string; points: readonly { ms: number; count: number }[] }[];
  marks: readonly number[];
};
/** A part of a report. A line that begins with ✓ or ✗ is the result of a check. */
export type Section = { title: string; lines: readonly string[]; table?: Table };
/** A report in words: a terminal and a page show the same. `problems` is empty if there are none. */
export type Report = {
  title: string;
  problems: readonly string[];
  figures: readonly (readonly [label: string, value: string, note: string])[];
  chart: Chart;
  sections: readonly Section[];
};

const MAX_LEAKS_NAMED = 5;
const MAX_POINTS = 100;

export function toReport(facts: Facts): Report {
  const all = count(facts.times.taken.length, "ticket");
  const title = `${toText(facts.waits.length)} of ${all} answered`;
  return {
    title,
    problems: problemsOf(facts),
    figures: figuresOf(facts),
    chart: chartOf(facts),
    sections: sectionsOf(facts),
  };
}

function problemsOf({ run, privacy: { leaks }, held, times, waits }: Facts): string[] {
  const some = (number: number, noun: string, what: string) =>
    number > 0 ? [`${count(number, noun)} ${what}.`] : [];
  return [
    ...leaks.slice(0, MAX_LEAKS_NAMED).map((leak) => `LEAK: ${leak}.`),
    ...(leaks.length > MAX_LEAKS_NAMED ? [`There are ${toText(leaks.length)} leaks in all.`] : []),
    ...(run.interrupted ? ["The run was interrupted."] : []),
    ...some(times.taken.length - waits.length, "ticket", "not answered"),
    ...some(held, "task", "still claimed"),
    ...some(run.deaths, "worker", "died and had to be replaced"),
  ];
}

function figuresOf(facts: Facts): Report["figures"] {
  const { run, privacy, waits, joinings, stored, categories } = facts;
  const now = `${toText(waits.length - run.answeredBefore)} of them in this run`;
  const quantile = (share: number) => duration(waits[Math.ceil(share * waits.length) - 1] ?? 0);
  const perSecond = (waits.length - run.answeredBefore) / run.seconds;
  const items = `${count(privacy.items, "private item")} by ${count(privacy.agents, "agent")}`;
  const escalated = categories.reduce((sum, each) => sum + each.escalated, 0);
  const late = joinings.at(-1);
  const contents = `of ${count(stored.items, "item")} and ${count(stored.events, "event")}`;
  return [
    ["Answered", toText(waits.length), now],
    ["Time to answer", quantile(0.5), `median; 99% within ${quantile(0.99)}`],
    [
      "Throughput",
      `${toText(perSecond)}/s`,
      `over ${duration(run.seconds * 1_000)} in ${count(run.processes, "process")}`,
    ],
    ["Escalated", toText(escalated), "sent to the manager by name, not by topic"],
    ["Leaks", toText(privacy.leaks.length), `in ${count(privacy.reads, "read")} of ${items}`],
    [
      "Late joiner",
      toText(late?.saw.ticket ?? 0),
      `tickets and ${count(late?.saw.case ?? 0, "case")} seen at once by ${late?.name ?? "no one"}`,
    ],
    ["Decided by", run.model ?? "rules", decisionsOf(facts)],
    ["Commits", toText(stored.commits), contents],
  ];
}

function decisionsOf({ run, accuracy: { graded, right } }: Facts): string {
  const sum = (of: "decisions" | "tokens") => run.usage.reduce((all, each) => all + each[of], 0);
  const [made, tokens] = [count(sum("decisions"), "decision"), toText(sum("tokens"))];
  const how = run.model ? `${made}; ${tokens} tokens` : "without a key";
  if (graded === 0) return how;
  return `${how}; ${((right / graded) * 100).toFixed(1)}% match the labels`;
}

/** What happened in this run, from the times on the mesh. */
function chartOf({ run, times, joinings }: Facts): Chart {
  const endMs = run.seconds * 1_000;
  const since = (date: Date) =>
    Math.min(Math.max(date.getTime() - run.startedAt.getTime(), 0), endMs);
  const lines = Object.entries(times).map(([name, dates]) => {
    const all = dates.map(since).toSorted((a, b) => a - b);
    const step = Math.ceil(all.length / MAX_POINTS);
    const points = all.map((ms, i) => ({ ms, count: i + 1 }));
    return { name, points: points.filter(({ count: n }) => n % step === 0 || n === all.length) };
  });
  const late = joinings.filter(({ name }) => LATE_JOINERS.includes(name));
  return { endMs, lines, marks: late.map(({ at }) => since(new Date(at))) };
}

function sectionsOf({ run, privacy, joinings, ...facts }: Facts): Section[] {
  const late = joinings.at(-1);
  const seen = late && `${count(late.saw.ticket, "ticket")} and ${count(late.saw.case, "case")}`;
  const joined = late && `${late.name} joined last, subscribed to ${late.topics.join(", ")}`;
  const leaks = privacy.leaks.length;
  const reads = `${count(privacy.agents, "agent")} read each of ${count(privacy.items, "private item")}`;
  const sections: Section[] = [
    {
      title: "Who sees what",
      lines: [
        "Tickets and cases are on topics: their subscribers see them. Escalations and strategies name their agents.",
        `${VISITOR} has no task and subscribed to every topic, to show that topics organise and names protect.`,
        ...(late ? [`${joined}, and saw ${seen} from before at once.`] : []),
      ],
      table: facts.sight,
    },
    { title: "Answers by category", lines: [], table: facts.categories },
    {
      title: "Private items",
      lines: [
        `${reads} by its key.`,
        `✓ ${count(privacy.byNamed, "read")} returned it to agents that it names, or that pushed it.`,
        `${leaks === 0 ? "✓" : "✗"} ${count(leaks, "read")} returned it to other agents.`,
        ...facts.explanations,
      ],
    },
  ];
  const lines = ["Wrong decisions were handed back to it. Tokens are as the vendor counts."];
  return run.model ? [...sections, { title: "The model", lines, table: run.usage }] : sections;
}
