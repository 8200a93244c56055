import type { ContextMesh, Item } from "@syntha/core";

import { itemsOf } from "../desk/items-of.ts";
import {
  type CaseRecord,
  type JoiningRecord,
  type Kind,
  type StrategyRecord,
  type TicketRecord,
} from "../desk/records.ts";
import { isSpecialist } from "../desk/roster.ts";
import { distributionOf } from "./distribution.ts";
import type { Grader } from "./grader.ts";
import type { CategoryCounts, Report, StateCounts } from "./report.ts";

export type Survey = Pick<
  Report,
  "categories" | "states" | "answers" | "newcomer" | "timeToAnswer"
>;

/** Counts what is on the mesh, one look at each item. */
export async function survey(mesh: ContextMesh, grader: Grader): Promise<Survey> {
  const states = new Map<Kind, StateCounts>();
  const categories = new Map<string, CategoryCounts>();
  const answers = new Map<string, number>();
  const pushedAt = new Map<string, Date>();
  const durations: number[] = [];
  let newcomer: JoiningRecord | null = null;

  const see = async function* <T>(kind: Kind): AsyncGenerator<Item<T>> {
    const counts = { open: 0, claimed: 0, done: 0, failed: 0 };
    states.set(kind, counts);
    for await (const item of itemsOf<T>(mesh, kind)) {
      counts[item.state] += 1;
      yield item;
    }
  };
  const countAnswer = (item: Item<CaseRecord | StrategyRecord>): void => {
    const { id, triage, answer } = item.value;
    if (answer === undefined || item.author === undefined) return;
    const from = pushedAt.get(id);
    if (from !== undefined) durations.push(item.updatedAt.getTime() - from.getTime());
    answers.set(item.author, (answers.get(item.author) ?? 0) + 1);
    const counts = categoryOf(categories, triage.category);
    if (isSpecialist(item.author)) counts.answeredBySpecialists += 1;
    else counts.answeredByRetention += 1;
    counts.unanswered -= 1;
  };

  for await (const { value, createdAt } of see<TicketRecord>("ticket")) {
    pushedAt.set(value.id, createdAt);
    const counts = categoryOf(categories, value.category ?? "(not triaged)");
    counts.tickets += 1;
    counts.unanswered += 1;
    grader.add(value);
  }
  for await (const item of see<CaseRecord>("case")) countAnswer(item);
  for await (const _ of see("escalation"));
  for await (const item of see<StrategyRecord>("strategy")) countAnswer(item);
  for await (const { value } of itemsOf<JoiningRecord>(mesh, "joining")) {
    if (newcomer === null || value.at > newcomer.at) newcomer = value;
  }
  return {
    states: [...states].map(([kind, counts]) => ({ kind, counts })),
    categories: [...categories.values()].toSorted((a, b) => b.tickets - a.tickets),
    answers: [...answers]
      .map(([agent, count]) => ({ agent, answers: count }))
      .toSorted((a, b) => b.answers - a.answers),
    newcomer,
    timeToAnswer: distributionOf(durations),
  };
}

function categoryOf(categories: Map<string, CategoryCounts>, category: string): CategoryCounts {
  const known = categories.get(category);
  if (known !== undefined) return known;
  const counts = {
    category,
    tickets: 0,
    answeredBySpecialists: 0,
    answeredByRetention: 0,
    unanswered: 0,
  };
  categories.set(category, counts);
  return counts;
}
