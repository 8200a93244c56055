import type { ContextMesh } from "@syntha/core";
import { itemsOf, type JoiningRecord, type StrategyRecord, TASKS } from "../desk/records.ts";
import { sumUsage, type Usage } from "../model/usage.ts";
import type { Labels } from "../tickets.ts";
import { audit } from "./audit.ts";

/** What the mesh does not know about a run. `model` is null if rules decided. */
export type Run = {
  startedAt: Date;
  seconds: number;
  answeredBefore: number;
  interrupted: boolean;
  processes: number;
  deaths: number;
  model: string | null;
  usage: readonly Usage[];
};

/** All that a report shows. */
export type Facts = Awaited<ReturnType<typeof collect>>;

/** Reads the facts from the mesh and its agents. */
export async function collect(mesh: ContextMesh, labels: Labels, run: Run) {
  const { items, events, revision: commits } = await mesh.stats();
  const found = await survey(mesh, labels);
  const joinings: JoiningRecord[] = [];
  for await (const { value } of itemsOf<JoiningRecord>(mesh.system, "joining"))
    joinings.push(value);
  joinings.sort((a, b) => a.at.localeCompare(b.at));
  const audited = await audit(mesh, joinings.at(-1)?.name ?? "");
  return {
    ...found,
    ...audited,
    joinings,
    run: { ...run, usage: sumUsage(run.usage) },
    stored: { items, events, commits },
  };
}

/** Counts what is on the mesh, reading each item once. */
async function survey(mesh: ContextMesh, labels: Labels) {
  type Counts = Record<"tickets" | "escalated" | "answered", number>;
  const categories: Record<string, Counts> = {};
  const countsOf = (category = "(not triaged)") =>
    (categories[category] ??= { tickets: 0, escalated: 0, answered: 0 });
  const [pushed, triaged, answered] = [new Map<string, Date>(), [] as Date[], [] as Date[]];
  const waits: number[] = [];
  let [held, graded, right] = [0, 0, 0];
  for (const kind of TASKS) {
    // A ticket has an intent where the others have a triage.
    type Value = StrategyRecord & Partial<StrategyRecord["triage"]>;
    for await (const { value, state, ...item } of itemsOf<Value>(mesh.system, kind)) {
      const { id, category, intent, answer, triage } = value;
      if (state === "claimed") held += 1;
      if (kind === "ticket") {
        pushed.set(id, item.createdAt);
        countsOf(category).tickets += 1;
        if (intent !== undefined) triaged.push(item.updatedAt);
        const label = labels.get(id);
        if (label === undefined || intent === undefined) continue;
        graded += 1;
        right += label.category === category && label.intent === intent ? 1 : 0;
      } else if (kind === "escalation") {
        countsOf(triage.category).escalated += 1;
      } else if (answer !== undefined) {
        answered.push(item.updatedAt);
        waits.push(item.updatedAt.getTime() - (pushed.get(id) ?? item.createdAt).getTime());
        countsOf(triage.category).answered += 1;
      }
    }
  }
  return {
    times: { taken: [...pushed.values()], triaged, answered },
    /** From a ticket's push to its answer, in ms. */
    waits: waits.toSorted((a, b) => a - b),
    held,
    categories: Object.entries(categories)
      .map(([category, counts]) => ({ category, ...counts }))
      .toSorted((a, b) => b.tickets - a.tickets),
    accuracy: { graded, right },
  };
}
