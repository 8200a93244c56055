import { COMPLETION } from "../agents/colleague.ts";
import { type Kind, plurals } from "../desk/records.ts";
import { INTAKE, MANAGER, RETENTION, TRIAGE } from "../desk/roster.ts";
import { DEPARTMENTS } from "../desk/topics.ts";
import { VISITOR } from "./collect.ts";
import { count, duration, megabytes, percent, toText } from "./format.ts";
import { amountOf, type Report } from "./report.ts";
import type { Section } from "./section.ts";
import type { TimelinePoint } from "./timeline.ts";

type Part = (report: Report) => Section | undefined;

const overTime: Part = ({ timeline, run }) => {
  const last = timeline.at(-1);
  if (last === undefined) return undefined;
  const of = (pick: (point: TimelinePoint) => number): number[] => timeline.map(pick);
  const before = run.answeredBefore;
  const isHalf = (answered: number): boolean => (answered - before) * 2 >= last.answered - before;
  const half = timeline.find(({ answered }) => isHalf(answered)) ?? last;
  const joined = timeline.filter(
    ({ specialists }, i) => i > 0 && specialists > (timeline[i - 1]?.specialists ?? 0),
  );
  return {
    title: "Tickets over time",
    lines: [
      `${toText(last.answered - before)} answered in ${duration(last.ms)}, half of them after ${duration(half.ms)}.`,
    ],
    chart: {
      kind: "curves",
      atMs: of(({ ms }) => ms),
      series: [
        { name: "taken in", tone: "three", values: of(({ taken }) => taken) },
        { name: "triaged", tone: "two", values: of(({ triaged }) => triaged) },
        { name: "answered", tone: "one", values: of(({ answered }) => answered) },
      ],
      marks: { name: "a specialist joined", atMs: joined.map(({ ms }) => ms) },
    },
  };
};

const routes: Part = ({ states, answers }) => {
  const amount = (kind: Kind): number => amountOf(states, kind);
  const link = (kind: Kind, from: string, to: string, tone: "one" | "two") => ({
    from,
    to,
    amount: amount(kind),
    noun: plurals[kind],
    tone,
  });
  return {
    title: "What was routed where",
    lines: [
      `${count(amount("ticket"), "ticket")} and ${count(amount("case"), "case")} went to topics, ${count(amount("escalation"), "escalation")} and ${count(amount("strategy"), "strategy", "strategies")} to agents by name.`,
    ],
    chart: {
      kind: "flow",
      nodes: {
        [INTAKE]: { column: 0, row: 0, name: INTAKE },
        [TRIAGE]: { column: 1, row: 0, name: TRIAGE },
        specialists: { column: 2, row: 0, name: "Specialists" },
        [MANAGER]: { column: 1, row: 1, name: MANAGER },
        [RETENTION]: { column: 2, row: 1, name: RETENTION },
      },
      links: [
        link("ticket", INTAKE, TRIAGE, "one"),
        link("case", TRIAGE, "specialists", "one"),
        link("escalation", TRIAGE, MANAGER, "two"),
        link("strategy", MANAGER, RETENTION, "two"),
      ],
      legend: [
        { name: "to a topic", tone: "one" },
        { name: "to agents by name", tone: "two" },
      ],
    },
    table: {
      columns: ["agent", "answers"],
      rows: answers.map(({ agent, answers: many }) => [agent, many]),
    },
  };
};

const sight: Part = (report) => {
  const kinds: readonly Kind[] = ["ticket", "case", "escalation", "strategy"];
  const { name, topics = [], saw } = report.newcomer ?? {};
  const places = topics.map((topic) => topic.slice(DEPARTMENTS.length)).join(", ");
  return {
    title: "Who sees what",
    lines: [
      "Each agent listed the keys that it sees.",
      ...(saw === undefined
        ? []
        : [
            `${name} joined last, subscribed to ${places}, and saw ${count(saw.ticket, "ticket")} and ${count(saw.case, "case")} from before at once.`,
          ]),
    ],
    table: {
      columns: ["agent", ...kinds.map((kind) => plurals[kind])],
      rows: report.sight.map(({ agent, sees }) => [agent, ...kinds.map((kind) => sees[kind])]),
      tones: [undefined, "one", "one", "two", "two"],
    },
    notes: [
      "Tickets and cases are on topics: their subscribers see them. Escalations and strategies name their agents.",
      `${VISITOR} has no task and subscribed to every topic, to show that topics organise and names protect.`,
    ],
  };
};

const privacy: Part = ({ privacy: found, explanations }) => {
  const { items, agents, asked, seenByNamed, leaks } = found;
  return {
    title: "Private items",
    lines: [
      `${count(agents, "agent")} asked for each of ${count(items, "private item")} by its key: ${count(asked, "read")}.`,
      {
        yes: true,
        text: `${toText(seenByNamed)} by agents that the item names, or that pushed it.`,
      },
      { yes: leaks.length === 0, text: `${toText(leaks.length)} by other agents.` },
      ...(explanations.length > 0
        ? ["Why an agent sees an item, or not, by the mesh itself:"]
        : []),
      ...explanations.map(({ visible, text }) => ({ yes: visible, text })),
    ],
    notes: ["To ask about others: --explain AGENT,KEY."],
  };
};

const categories: Part = ({ categories: all }) => {
  const numbers = (each: (typeof all)[number]): number[] => [
    each.answeredBySpecialists,
    each.answeredByRetention,
    each.unanswered,
  ];
  const total = [0, 1, 2].map((i) => all.reduce((sum, each) => sum + (numbers(each)[i] ?? 0), 0));
  const tickets = all.reduce((sum, each) => sum + each.tickets, 0);
  return {
    title: "Answers by category",
    chart: {
      kind: "bars",
      series: [
        { name: "by specialists", tone: "one" },
        { name: "by Retention", tone: "two" },
        { name: "unanswered", tone: "bad" },
      ],
      rows: all.map((each) => ({
        label: spell(each.category),
        values: numbers(each),
        text: toText(each.tickets),
      })),
    },
    table: {
      columns: ["category", "tickets", "by specialists", "by Retention", "unanswered"],
      rows: [
        ...all.map((each) => [spell(each.category), each.tickets, ...numbers(each)]),
        ["all", tickets, ...total],
      ],
    },
  };
};

/** "SHIPPING_ADDRESS" for people. */
const spell = (category: string): string => category.toLowerCase().replaceAll("_", " ");

const timeToAnswer: Part = ({ timeToAnswer: found }) =>
  found === null
    ? undefined
    : {
        title: "Time to answer",
        lines: [
          `From taking a ticket in to its answer: median ${duration(found.medianMs)}, p99 ${duration(found.p99Ms)}, longest ${duration(found.longestMs)}.`,
        ],
        chart: { kind: "histogram", name: "tickets", distribution: found },
      };

const accuracy: Part = ({ accuracy: found }) => {
  if (found === null) return undefined;
  const { graded, rightCategory, rightIntent, confusions } = found;
  return {
    title: "Triage against the labels",
    lines: [
      `Category right: ${percent(rightCategory, graded)} of ${toText(graded)}. Intent right: ${percent(rightIntent, graded)}.`,
      "No agent sees a label: they grade triage afterwards.",
    ],
    ...(confusions.length > 0 && {
      table: {
        columns: ["label", "taken for", "times"],
        rows: confusions.map((each) => [spell(each.label), spell(each.found), each.count]),
      },
    }),
  };
};

const models: Part = ({ model, run }) => {
  if (model === null) return undefined;
  const { total, byAgent } = model;
  const { requests, refused, inputTokens, outputTokens, undecided, fallbacks } = total;
  const afterwards =
    fallbacks > 0 ? `rules decided ${toText(fallbacks)} of them` : "it was asked again";
  return {
    title: "The model",
    lines: [
      `${run.model}: ${count(total.decisions, "decision")}, ${count(requests, "request")}, ${toText(inputTokens)} tokens in and ${toText(outputTokens)} out, as the vendor counts.`,
      ...(refused > 0
        ? [`${count(refused, "request")} failed, and were repeated or given up.`]
        : []),
      ...(undecided > 0
        ? [`${count(undecided, "time")} it came to no decision: ${afterwards}.`]
        : []),
    ],
    table: {
      columns: ["for", "decided", "requests", "calls", "wrong", "tokens", "median"],
      rows: [...(byAgent.length > 1 ? byAgent : []), total].map((each) => [
        each.agent,
        each.decisions,
        each.requests,
        each.calls,
        each.wrong,
        each.inputTokens + each.outputTokens,
        duration(each.medianMs),
      ]),
    },
    notes: ["Wrong decisions were handed back to the model, which corrected them or was given up."],
  };
};

const processes: Part = ({ processes: all }) =>
  all.length === 1
    ? undefined
    : {
        title: "Processes",
        table: {
          columns: ["process", "triaged", "answered", "recovered", "calls", "p99", "end"],
          rows: all.map(({ name, triaged, answered, takenOver, calls: figures, death }) => [
            name,
            triaged,
            answered,
            takenOver,
            figures.calls,
            duration(figures.p99Ms),
            death ?? "in order",
          ]),
        },
        notes: [
          "What a dead worker had claimed was recovered when its leases ended. Its last moments are not in this table.",
        ],
      };

const calls: Part = ({ calls: { byName }, storage }) => ({
  title: "Tool calls and storage",
  chart: {
    kind: "bars",
    series: [
      { name: "median", tone: "one" },
      { name: "up to p99", tone: "faint" },
    ],
    rows: byName.map(({ name, medianMs, p99Ms }) => ({
      label: name,
      values: [medianMs, p99Ms - medianMs],
      text: `${medianMs.toFixed(2)} / ${duration(p99Ms)}`,
    })),
  },
  table: {
    columns: ["tool", "calls", "refused", "median", "p99"],
    rows: byName.map((each) => [
      each.name,
      each.calls,
      each.refused,
      duration(each.medianMs),
      duration(each.p99Ms),
    ]),
  },
  notes: [
    `${COMPLETION} is the mesh's own call: it publishes an event in the completion's commit.`,
    `${storage.name} holds ${count(storage.items, "item")}, ${count(storage.events, "event")} and ${count(storage.commits, "commit")}${storage.bytes === null ? "" : ` in ${megabytes(storage.bytes)}`}; durability "${storage.durability}".`,
  ],
});

const parts: readonly Part[] = [
  overTime,
  routes,
  sight,
  privacy,
  categories,
  timeToAnswer,
  calls,
  accuracy,
  models,
  processes,
];

/** Lays a report out in parts, the most telling first. */
export function toSections(report: Report): Section[] {
  return parts.map((part) => part(report)).filter((section) => section !== undefined);
}
