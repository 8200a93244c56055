import { count, duration, toText } from "./format.ts";
import type { Report } from "./report.ts";

const MAX_LEAKS_NAMED = 5;

/** What a reader needs first. `problems` is empty if there are none. */
export function summaryOf(report: Report) {
  const { tickets, answered } = report.run;
  const title = `${toText(answered)} of ${count(tickets, "ticket")} ${tickets === 1 ? "is" : "are"} answered`;
  return { title, problems: problemsOf(report), figures: figuresOf(report) };
}

function problemsOf({ run, privacy: { leaks }, states, processes, model }: Report): string[] {
  const deaths = processes.filter(({ end }) => end !== "in order").length;
  const some = (number: number, noun: string, what: string) =>
    number > 0 ? [`${count(number, noun)} ${what}.`] : [];
  return [
    ...leaks
      .slice(0, MAX_LEAKS_NAMED)
      .map(({ agent, key }) => `LEAK: ${agent} got ${key}, which does not name it.`),
    ...(leaks.length > MAX_LEAKS_NAMED ? [`There are ${toText(leaks.length)} leaks in all.`] : []),
    ...(run.interrupted ? ["The run was interrupted."] : []),
    ...some(run.tickets - run.answered, "ticket", "not answered"),
    ...Object.entries(states).flatMap(([kind, { failed, claimed }]) => [
      ...some(failed, kind, "failed"),
      ...some(claimed, kind, "still claimed"),
    ]),
    ...some(deaths, "worker", "died and had to be replaced"),
    ...some(model?.total.undecided ?? 0, "time", "the model made no decision"),
  ];
}

function figuresOf(report: Report): [label: string, value: string, note: string][] {
  const { run, privacy, timeToAnswer, lateJoiner, storage, categories, states } = report;
  const { calls, medianMs, p99Ms } = report.calls.total;
  const by = { specialists: 0, retention: 0 };
  for (const { bySpecialists, byRetention } of categories) {
    by.specialists += bySpecialists;
    by.retention += byRetention;
  }
  const answered = `${toText(by.specialists)} by specialists, ${toText(by.retention)} by Retention`;
  const before = run.answeredBefore > 0 ? `; ${toText(run.answeredBefore)} in an earlier run` : "";
  const { medianMs: usual, longestMs: longest } = timeToAnswer ?? { medianMs: 0, longestMs: 0 };
  const over = `${duration(run.seconds * 1_000)} in ${count(report.processes.length, "process")}`;
  const escalated = Object.values(states.escalation).reduce((a, b) => a + b, 0);
  const items = `${count(privacy.items, "private item")} by ${count(privacy.agents, "agent")}`;
  const [name, saw] = [lateJoiner?.name ?? "no one", lateJoiner?.saw ?? { ticket: 0, case: 0 }];
  const times = `median ${duration(medianMs)}, p99 ${duration(p99Ms)}`;
  return [
    ["Answered", toText(run.answered), answered + before],
    ["Time to answer", duration(usual), `median; the slowest ${duration(longest)}`],
    ["Throughput", `${toText(run.perSecond)}/s`, `tickets, over ${over}`],
    ["Escalated", toText(escalated), "sent to the manager by name, not by topic"],
    ["Leaks", toText(privacy.leaks.length), `in ${count(privacy.reads, "read")} of ${items}`],
    [
      "Late joiner",
      count(saw.ticket, "ticket"),
      `and ${count(saw.case, "case")} seen at once by ${name}`,
    ],
    ["Decided by", run.model ?? "rules", decisionsOf(report)],
    ["Tool calls", toText(calls), `${times}; ${count(storage.commits, "commit")}`],
  ];
}

function decisionsOf({ run, model, accuracy }: Report): string {
  const notes = [run.thinkingMs > 0 ? `in ${run.thinkingMs} ms each` : "without a key"];
  if (model !== null) {
    const { decisions, fallbacks, inputTokens, outputTokens } = model.total;
    const byRules = fallbacks === 0 ? "" : `, rules in its place ${count(fallbacks, "time")}`;
    notes[0] = `${count(decisions, "decision")}${byRules}; ${toText(inputTokens + outputTokens)} tokens`;
  }
  if (accuracy !== null) {
    const percent = Number(((accuracy.right / accuracy.graded) * 100).toFixed(1));
    notes.push(`${percent}% match the ${count(accuracy.graded, "label")}`);
  }
  return notes.join("; ");
}
