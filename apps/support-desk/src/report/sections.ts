import type { Kind } from "../desk/records.ts";
import { COMPLETION } from "../agents/colleague.ts";
import { DEPARTMENTS } from "../desk/topics.ts";
import { VISITOR } from "./collect.ts";
import type { ModelFigures } from "../measure/model-meter.ts";
import type { Report } from "./report.ts";
import { type Section, toText } from "./section.ts";

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const milliseconds = (ms: number): string => `${ms.toFixed(2)} ms`;
const percent = (part: number, whole: number): string => `${((part / whole) * 100).toFixed(1)}%`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** What the items of a kind are called in tables. */
const names: Readonly<Record<Kind, string>> = {
  ticket: "tickets",
  case: "cases",
  escalation: "escalations",
  strategy: "strategies",
  joining: "joinings",
};

/** Lays a report out in parts, the most telling first. */
export function toSections(report: Report): Section[] {
  return [
    summary(report),
    categories(report),
    sight(report),
    privacy(report),
    newcomer(report),
    explanations(report),
    accuracy(report),
    models(report),
    answers(report),
    states(report),
    processes(report),
    calls(report),
    storage(report),
  ].filter((section) => section !== undefined);
}

function summary({ run, model, calls: { total } }: Report): Section {
  const { tickets, answered, answeredBefore } = run;
  const now = answered - answeredBefore;
  const lines = [
    `${toText(answered)} of ${toText(tickets)} tickets are answered${run.interrupted ? "; the run was interrupted" : ""}.`,
    `${toText(now)} of them since this run began: ${seconds(run.seconds * 1_000)}, ${toText(run.perSecond)} tickets/s.`,
    run.model === null ? "Rules decided." : whoDecided(run.model, model?.total),
    ...(run.thinkingMs > 0
      ? [`Each decision was given ${run.thinkingMs} ms, as if a model made it.`]
      : []),
    `${toText(total.calls)} tool calls: median ${milliseconds(total.medianMs)}, p99 ${milliseconds(total.p99Ms)}.`,
  ];
  if (answeredBefore > 0)
    lines.splice(1, 0, `${toText(answeredBefore)} of them were when it began.`);
  return { title: "Support desk", lines };
}

function whoDecided(name: string, total: ModelFigures | undefined): string {
  const { decisions = 0, fallbacks = 0 } = total ?? {};
  if (fallbacks === 0) return `${name} decided.`;
  return `${name} decided ${toText(decisions)} times, and rules in its place ${toText(fallbacks)} times.`;
}

function categories({ categories: all }: Report): Section {
  const rows = all.map((each) => [
    each.category,
    each.tickets,
    each.answeredBySpecialists,
    each.answeredByRetention,
    each.unanswered,
  ]);
  const sum = (pick: (each: (typeof all)[number]) => number): number =>
    all.reduce((total, each) => total + pick(each), 0);
  rows.push([
    "all",
    sum((each) => each.tickets),
    sum((each) => each.answeredBySpecialists),
    sum((each) => each.answeredByRetention),
    sum((each) => each.unanswered),
  ]);
  const columns = ["category", "tickets", "by specialists", "by Retention", "unanswered"];
  return { title: "Answers by category", table: { columns, rows } };
}

function sight(report: Report): Section {
  const kinds: readonly Kind[] = ["ticket", "case", "escalation", "strategy"];
  return {
    title: "Who sees what",
    table: {
      columns: ["agent", "topics", ...kinds.map((kind) => names[kind])],
      rows: report.sight.map(({ agent, topics, sees }) => [
        agent,
        topics,
        ...kinds.map((kind) => sees[kind]),
      ]),
    },
    notes: [
      "Each agent listed its own keys. A case holds its answer when it is done.",
      "Tickets and cases are for topics; escalations and strategies are for agents by name.",
      `${VISITOR} belongs to nobody and subscribed to every topic: names protect, topics do not.`,
    ],
  };
}

function privacy({ privacy: found }: Report): Section {
  const { items, agents, asked, seenByNamed, leaks } = found;
  return {
    title: "Private items",
    lines: [
      `${toText(agents)} agents asked for each of ${toText(items)} private items by its key: ${toText(asked)} questions.`,
      `Seen by those who pushed them or are named on them: ${toText(seenByNamed)}.`,
      `Seen by outsiders: ${toText(leaks.length)}.`,
      ...leaks.slice(0, 10).map(({ agent, key }) => `LEAK: ${agent} got ${key}.`),
    ],
  };
}

function newcomer({ newcomer: found }: Report): Section | undefined {
  if (found === null) return undefined;
  const { name, topics, saw, example } = found;
  const places = topics.map((topic) => topic.slice(DEPARTMENTS.length)).join(", ");
  return {
    title: "What the newest specialist saw on joining",
    lines: [
      `${name} subscribed to ${places}.`,
      `At once it saw ${toText(saw.ticket)} tickets and ${toText(saw.case)} cases that had come before it.`,
      ...(example === null
        ? []
        : [`One of them, ${example.key}, was answered: "${example.answer}"`]),
      `Of the private items it saw ${toText(saw.escalation)} escalations and ${toText(saw.strategy)} strategies: only those that name it.`,
    ],
  };
}

function explanations({ explanations: all }: Report): Section | undefined {
  if (all.length === 0) return undefined;
  return {
    title: "Why, or why not",
    lines: all.map(({ visible, text }) => `${visible ? "sees" : "not "}  ${text}`),
  };
}

function accuracy({ accuracy: found }: Report): Section | undefined {
  if (found === null) return undefined;
  const { graded, rightCategory, rightIntent, confusions } = found;
  return {
    title: "Triage against the labels",
    lines: [
      `Category right: ${percent(rightCategory, graded)} of ${toText(graded)}. Intent right: ${percent(rightIntent, graded)}.`,
      "No agent sees a label: triage decides on the text alone, and is graded afterwards.",
    ],
    ...(confusions.length > 0 && {
      table: {
        columns: ["label", "taken for", "times"],
        rows: confusions.map(({ label, found: taken, count }) => [label, taken, count]),
      },
    }),
  };
}

function models({ model, run }: Report): Section | undefined {
  if (model === null) return undefined;
  const { total, byAgent } = model;
  const { requests, refused, inputTokens, outputTokens, undecided, fallbacks } = total;
  return {
    title: "The model",
    lines: [
      `${run.model}: ${toText(total.decisions)} decisions, ${toText(requests)} requests, ${toText(inputTokens)} tokens in and ${toText(outputTokens)} out, as the vendor told.`,
      ...(refused > 0
        ? [`${toText(refused)} requests were refused or not answered, and asked again or given up.`]
        : []),
      ...(undecided > 0
        ? [
            `${toText(undecided)} times it came to no decision: ${fallbacks > 0 ? `rules decided ${toText(fallbacks)} of them.` : "it was asked anew."}`,
          ]
        : []),
    ],
    table: {
      columns: [
        "for",
        "decisions",
        "requests",
        "tool calls",
        "wrong",
        "tokens in",
        "tokens out",
        "median",
      ],
      rows: [...(byAgent.length > 1 ? byAgent : []), total].map((each) => [
        each.agent,
        each.decisions,
        each.requests,
        each.calls,
        each.wrong,
        each.inputTokens,
        each.outputTokens,
        seconds(each.medianMs),
      ]),
    },
    notes: ["Wrong decisions were handed back to the model, which mended them or was given up."],
  };
}

function answers({ answers: all }: Report): Section {
  const rows = all.map(({ agent, answers: count }) => [agent, count]);
  return { title: "Who answered", table: { columns: ["agent", "answers"], rows } };
}

function states({ states: all }: Report): Section {
  return {
    title: "States",
    table: {
      columns: ["items", "open", "claimed", "done", "failed"],
      rows: all.map(({ kind, counts }) => [
        names[kind],
        counts.open,
        counts.claimed,
        counts.done,
        counts.failed,
      ]),
    },
    notes: ["Escalations are messages, not tasks: nobody claims them, so they stay open."],
  };
}

function processes({ processes: all }: Report): Section | undefined {
  if (all.length === 1) return undefined;
  const deaths = all.filter(({ death }) => death !== null).length;
  return {
    title: "Processes",
    table: {
      columns: [
        "process",
        "pid",
        "triaged",
        "answered",
        "taken over",
        "calls",
        "median",
        "p99",
        "end",
      ],
      rows: all.map(({ name, pid, triaged, answered, takenOver, calls: figures, death }) => [
        name,
        String(pid),
        triaged,
        answered,
        takenOver,
        figures.calls,
        milliseconds(figures.medianMs),
        milliseconds(figures.p99Ms),
        death === null ? "in order" : `died: ${death}`,
      ]),
    },
    notes: [
      "The desk takes messages in, decides on escalations, and follows on the mesh what its workers do.",
      ...(deaths > 0
        ? [
            `${deaths === 1 ? "1 worker" : `${toText(deaths)} workers`} died. What they held was taken over when its leases ended; what they did in their last moments is not in this table.`,
          ]
        : []),
    ],
  };
}

function calls({ calls: { byName } }: Report): Section {
  return {
    title: "Tool calls",
    table: {
      columns: ["tool", "calls", "refused", "median", "p99"],
      rows: byName.map(({ name, calls: count, refused, medianMs, p99Ms }) => [
        name,
        count,
        refused,
        milliseconds(medianMs),
        milliseconds(p99Ms),
      ]),
    },
    notes: [
      `${COMPLETION} is the mesh's own call: it publishes an event in the commit that completes the work.`,
    ],
  };
}

function storage({
  storage: { name, durability, bytes, items, events, commits },
}: Report): Section {
  return {
    title: "Storage",
    lines: [
      `${name}, durability "${durability}"${bytes === null ? "" : `, ${megabytes(bytes)}`}.`,
      `${toText(items)} items, ${toText(events)} events; the log holds ${toText(commits)} commits.`,
    ],
  };
}
