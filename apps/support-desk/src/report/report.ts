import type { ContextMesh } from "@syntha/core";

import type { Desk, DeskProgress } from "../desk/desk.ts";
import { Meter } from "../desk/meter.ts";
import {
  itemsOf,
  type JoiningRecord,
  type StrategyRecord,
  type TaskKind,
  TASKS,
} from "../desk/records.ts";
import { isSpecialist, MANAGER, TRIAGE } from "../desk/roster.ts";
import type { Labels } from "../tickets.ts";
import type { WorkerProcess } from "../workers/worker-process.ts";
import { audit, type Question } from "./audit.ts";

const CALLS = ["calls", "refused"] as const;
const DECISIONS = ["decisions", "requests", "refused", "calls", "wrong", "undecided"] as const;
const COSTS = ["fallbacks", "inputTokens", "outputTokens"] as const;

export type TimelinePoint = Omit<DeskProgress, "total"> & { ms: number };

export type RunFacts = {
  desk: Desk;
  workers: readonly Pick<WorkerProcess, "place" | "pid" | "tally" | "death">[];
  labels: Labels;
  /** `model` is null if rules decided. */
  run: {
    answeredBefore: number;
    seconds: number;
    interrupted: boolean;
    thinkingMs: number;
    model: string | null;
  };
  timeline: readonly TimelinePoint[];
  questions: readonly Question[];
  /** `bytes` is null if there is no file. */
  storage: { name: string; durability: string; bytes: number | null };
};

/** All that a report shows: a terminal and a page render it. */
export type Report = Awaited<ReturnType<typeof collect>>;

/** Reads the report from the mesh, its agents and the meters of all processes. */
export async function collect({
  desk,
  workers,
  labels,
  run,
  questions,
  storage,
  timeline,
}: RunFacts) {
  const { mesh, meter } = desk.workplace;
  const { items, events, revision: commits } = await mesh.stats();
  const { tickets, answered, ...found } = await survey(mesh, labels);
  const all = new Meter(meter.tally(), ...workers.map(({ tally }) => tally));
  const model = all.figures("model", [...DECISIONS, ...COSTS]);
  const perSecond = (answered - run.answeredBefore) / run.seconds;
  const inOrder = workers.toSorted((a, b) => a.place - b.place);
  return {
    run: { tickets, answered, perSecond, ...run, endedAt: new Date().toISOString() },
    timeline,
    ...found,
    ...(await audit(mesh, found.lateJoiner?.name, questions)),
    calls: all.figures("call", CALLS),
    model: model.byName.length === 0 ? null : model,
    /** What a killed worker did last is missing. */
    processes: [
      figuresOf("desk", process.pid, meter),
      ...inOrder.map((each) =>
        figuresOf(`worker ${each.place}`, each.pid, new Meter(each.tally), each.death),
      ),
    ],
    storage: { ...storage, items, events, commits },
  };
}

function figuresOf(name: string, pid: number | undefined, meter: Meter, end = "in order") {
  const { total, byName } = meter.figures("task", ["completed", "recovered"]);
  const by = (agent: string) => byName.find((each) => each.name === agent)?.completed ?? 0;
  const [triaged, answered] = [by(TRIAGE), total.completed - by(TRIAGE) - by(MANAGER)];
  const { calls, p99Ms } = meter.figures("call", CALLS).total;
  return {
    process: name,
    pid: String(pid),
    triaged,
    answered,
    recovered: total.recovered,
    calls,
    p99Ms,
    end,
  };
}

/** Counts what is on the mesh, reading each item once. */
async function survey(mesh: ContextMesh, labels: Labels) {
  const states = {} as Record<
    TaskKind,
    { open: number; claimed: number; done: number; failed: number }
  >;
  const categories: Record<
    string,
    { category: string; tickets: number; bySpecialists: number; byRetention: number }
  > = {};
  const pushedAt = new Map<string, Date>();
  const waits: number[] = [];
  let [graded, right] = [0, 0];
  const countsOf = (category = "(not triaged)") =>
    (categories[category] ??= { category, tickets: 0, bySpecialists: 0, byRetention: 0 });
  for (const kind of TASKS) {
    states[kind] = { open: 0, claimed: 0, done: 0, failed: 0 };
    // A ticket has an intent where the others have a triage.
    type Value = StrategyRecord & Partial<StrategyRecord["triage"]>;
    for await (const { value, state, author = "", ...item } of itemsOf<Value>(mesh.system, kind)) {
      const { id, category, intent, answer, triage } = value;
      states[kind][state] += 1;
      if (kind === "ticket") {
        pushedAt.set(id, item.createdAt);
        countsOf(category).tickets += 1;
        const label = labels.get(id);
        if (label === undefined || intent === undefined) continue;
        graded += 1;
        right += label.category === category && label.intent === intent ? 1 : 0;
      } else if (answer !== undefined) {
        waits.push(item.updatedAt.getTime() - (pushedAt.get(id) ?? item.createdAt).getTime());
        countsOf(triage.category)[isSpecialist(author) ? "bySpecialists" : "byRetention"] += 1;
      }
    }
  }
  let lateJoiner: JoiningRecord | null = null;
  for await (const { value } of itemsOf<JoiningRecord>(mesh.system, "joining"))
    if (lateJoiner === null || value.at > lateJoiner.at) lateJoiner = value;
  return {
    tickets: pushedAt.size,
    answered: waits.length,
    states,
    categories: Object.values(categories).toSorted((a, b) => b.tickets - a.tickets),
    timeToAnswer: timesOf(waits),
    /** Null if no ticket has a label. */
    accuracy: graded === 0 ? null : { graded, right },
    lateJoiner,
  };
}

/** Quantiles, and a curve of them in at most 100 equal steps. Null if nothing is answered. */
export function timesOf(waits: readonly number[]) {
  const sorted = waits.toSorted((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  const length = Math.min(sorted.length, 100);
  const curve = Array.from({ length }, (_, i) => {
    const share = (i + 1) / length;
    return { ms: quantile(share), "% answered": share * 100 };
  });
  if (length === 0) return null;
  return { medianMs: quantile(0.5), p99Ms: quantile(0.99), longestMs: quantile(1), curve };
}
