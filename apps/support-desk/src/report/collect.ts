import { stat } from "node:fs/promises";

import type { ContextMesh } from "@syntha/core";

import { Colleague } from "../agents/colleague.ts";
import type { Desk } from "../desk/desk.ts";
import { staff } from "../desk/roster.ts";
import { departments } from "../desk/topics.ts";
import { WorkMeter } from "../measure/work-meter.ts";
import type { TicketSet } from "../tickets/ticket.ts";
import { spellStorage, type StorageChoice } from "../storage/storage-choice.ts";
import type { WorkerProcess } from "../workers/worker-process.ts";
import { auditPrivacy, sightOf } from "./audit.ts";
import { explain, type Question, tellingQuestions } from "./explanations.ts";
import { Grader } from "./grader.ts";
import type { Report } from "./report.ts";
import { sumUp } from "./sum-up.ts";
import { survey } from "./survey.ts";

/** An agent of nobody's that subscribes to every topic there is: what it sees, topics do not protect. */
export const VISITOR = "Visitor";

export type RunFacts = {
  desk: Desk;
  /** The desk's workers, where they are processes of their own. */
  processes: readonly WorkerProcess[];
  labels: TicketSet["labels"];
  run: Pick<Report["run"], "answeredBefore" | "seconds" | "interrupted" | "thinkingMs" | "model">;
  timeline: Report["timeline"];
  questions: readonly Question[];
  storage: { choice: StorageChoice; isTemporary: boolean; durability: string };
};

/** Asks the mesh and its agents for all that the report tells; what the desk did before is not needed. */
export async function collect(facts: RunFacts): Promise<Report> {
  const { desk, run, timeline, storage } = facts;
  const { mesh } = desk;
  const { items, events, revision } = await mesh.stats();
  const { calls, processes, model } = sumUp(desk, facts.processes);
  const grader = new Grader(facts.labels);
  const counted = await survey(mesh, grader);
  const answered = counted.answers.reduce((sum, { answers }) => sum + answers, 0);
  const tickets = counted.categories.reduce((sum, each) => sum + each.tickets, 0);
  return {
    run: {
      tickets,
      answered,
      perSecond: (answered - run.answeredBefore) / run.seconds,
      ...run,
      endedAt: new Date().toISOString(),
    },
    timeline,
    calls,
    model,
    processes,
    ...counted,
    accuracy: grader.result(),
    ...(await askEveryone(mesh, counted.newcomer?.name, facts.questions)),
    storage: {
      name: storage.isTemporary ? "A temporary SQLite file" : spellStorage(storage.choice),
      durability: storage.durability,
      bytes: await bytesOf(storage.choice),
      items,
      events,
      commits: revision,
    },
  };
}

async function askEveryone(
  mesh: ContextMesh,
  newcomer: string | undefined,
  questions: readonly Question[],
): Promise<Pick<Report, "sight" | "privacy" | "explanations">> {
  const meter = new WorkMeter();
  const reader = (name: string): Colleague =>
    new Colleague(mesh.agent(name), { role: "readonly", toolsets: ["context"] }, meter);
  const specialists = new Set<string>();
  for (const topic of departments) {
    for (const name of await mesh.subscribers(topic)) specialists.add(name);
  }
  const names = [...Object.keys(staff), ...[...specialists].toSorted(inOrder)];
  const { topics: there } = await mesh.topics({ limit: 1_000 });
  const topics = there.map(({ name }) => name);
  const visitor = mesh.agent(VISITOR);
  if (topics.length > 0) await visitor.subscribe(topics);
  try {
    const agents = [...names, VISITOR].map(reader);
    const sight: Report["sight"] = [];
    for (const who of agents) sight.push(await sightOf(who));
    const privacy = await auditPrivacy(mesh, agents);
    const asked = [...(await tellingQuestions(mesh, newcomer)), ...questions];
    return { sight, privacy, explanations: await explain(mesh, asked) };
  } finally {
    if (topics.length > 0) await visitor.unsubscribe(topics);
  }
}

const { compare: inOrder } = new Intl.Collator("en", { numeric: true });

/** Bytes of the mesh's file; null where it has none. */
async function bytesOf(storage: StorageChoice): Promise<number | null> {
  if (storage.kind !== "sqlite") return null;
  return (await sizeOf(storage.path)) + (await sizeOf(`${storage.path}-wal`));
}

/** Bytes of a file; 0 when there is none. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
