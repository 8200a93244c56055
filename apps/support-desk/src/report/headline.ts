import { count, duration, percent, toText } from "./format.ts";
import { plurals } from "../desk/records.ts";
import { amountOf, type Report } from "./report.ts";

/** What a reader wants to know first. */
export type Headline = {
  title: string;
  /** Empty when all is as it should be. */
  problems: string[];
  figures: { label: string; value: string; note: string }[];
};

const MOST_LEAKS_NAMED = 5;

export function headlineOf(report: Report): Headline {
  const { tickets, answered } = report.run;
  return {
    title: `${toText(answered)} of ${count(tickets, "ticket")} ${tickets === 1 ? "is" : "are"} answered`,
    problems: problemsOf(report),
    figures: figuresOf(report),
  };
}

function problemsOf({ run, privacy, states, processes, model }: Report): string[] {
  const problems: string[] = [];
  for (const { agent, key } of privacy.leaks.slice(0, MOST_LEAKS_NAMED))
    problems.push(`LEAK: ${agent} got ${key}, which does not name it.`);
  if (privacy.leaks.length > MOST_LEAKS_NAMED)
    problems.push(`There are ${toText(privacy.leaks.length)} leaks in all.`);
  if (run.interrupted) problems.push("The run was interrupted.");
  const left = run.tickets - run.answered;
  if (left > 0) problems.push(`${count(left, "ticket")} not answered.`);
  for (const { kind, counts } of states) {
    if (counts.failed > 0) problems.push(`${count(counts.failed, kind, plurals[kind])} failed.`);
    if (counts.claimed > 0)
      problems.push(`${count(counts.claimed, kind, plurals[kind])} still claimed.`);
  }
  const deaths = processes.filter(({ death }) => death !== null);
  if (deaths.length > 0)
    problems.push(`${count(deaths.length, "worker")} died and had to be replaced.`);
  if (model !== null && model.total.undecided > 0)
    problems.push(`${count(model.total.undecided, "time")} the model came to no decision.`);
  return problems;
}

function figuresOf(report: Report): Headline["figures"] {
  const { run, privacy, timeToAnswer, newcomer, calls, storage, states, processes } = report;
  const sum = (pick: (each: Report["categories"][number]) => number): number =>
    report.categories.reduce((total, each) => total + pick(each), 0);
  const bySpecialists = toText(sum((each) => each.answeredBySpecialists));
  const byRetention = toText(sum((each) => each.answeredByRetention));
  const earlier = run.answeredBefore > 0 ? `; ${toText(run.answeredBefore)} in an earlier run` : "";
  return [
    {
      label: "Answered",
      value: toText(run.answered),
      note: `${bySpecialists} by specialists, ${byRetention} by Retention${earlier}`,
    },
    {
      label: "Time to answer",
      value: timeToAnswer === null ? "–" : duration(timeToAnswer.medianMs),
      note: timeToAnswer === null ? "" : `median; the slowest ${duration(timeToAnswer.longestMs)}`,
    },
    {
      label: "Throughput",
      value: `${toText(run.perSecond)}/s`,
      note: `tickets, over ${duration(run.seconds * 1_000)} in ${count(processes.length, "process", "processes")}`,
    },
    {
      label: "Escalated",
      value: toText(amountOf(states, "escalation")),
      note: "sent to the manager by name, not by topic",
    },
    {
      label: "Leaks",
      value: toText(privacy.leaks.length),
      note: `in ${count(privacy.asked, "read")} of ${count(privacy.items, "private item")} by ${count(privacy.agents, "agent")}`,
    },
    ...(newcomer === null
      ? []
      : [
          {
            label: "Late joiner",
            value: count(newcomer.saw.ticket, "ticket"),
            note: `and ${count(newcomer.saw.case, "case")} seen at once by ${newcomer.name}`,
          },
        ]),
    { label: "Decided by", ...decidedBy(report) },
    {
      label: "Tool calls",
      value: toText(calls.total.calls),
      note: `median ${duration(calls.total.medianMs)}, p99 ${duration(calls.total.p99Ms)}; ${count(storage.commits, "commit")}`,
    },
  ];
}

function decidedBy({ run, model, accuracy }: Report): { value: string; note: string } {
  const notes: string[] = [];
  if (model !== null) {
    const { decisions, fallbacks, inputTokens, outputTokens } = model.total;
    const byRules = fallbacks === 0 ? "" : `, rules in its place ${count(fallbacks, "time")}`;
    notes.push(`${count(decisions, "decision")}${byRules}`);
    notes.push(`${toText(inputTokens + outputTokens)} tokens`);
  } else notes.push(run.thinkingMs > 0 ? `in ${run.thinkingMs} ms each` : "without a key");
  if (accuracy !== null)
    notes.push(
      `${percent(accuracy.rightIntent, accuracy.graded)} match the ${count(accuracy.graded, "label")}`,
    );
  return { value: run.model ?? "rules", note: notes.join("; ") };
}
