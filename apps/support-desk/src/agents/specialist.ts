import type { AgentContext } from "@syntha/core";
import {
  type CaseRecord,
  create,
  itemsOf,
  type JoiningRecord,
  keyOf,
  TASKS,
} from "../desk/records.ts";
import { DEPARTMENT, DEPARTMENTS, FOUNDERS, PROGRESS } from "../desk/roster.ts";
import type { TaskHandler } from "../desk/work.ts";

/** Departments that a late joiner helps. */
const MAX_DEPARTMENTS = 4;

/** Answers a case of its departments. */
export const answerCase: TaskHandler<CaseRecord> = async (task, decisions) => {
  const record = task.lease.item.value;
  const answer = await decisions.decide("answer", record, task);
  await task.lease.complete({ ...record, answer }, { events: [answeredEvent(record.id)] });
};

/** The id makes the event unique: a repeated completion publishes nothing. */
export function answeredEvent(ticket: string) {
  const id = `answered:${ticket}`;
  return { type: "ticket_answered", id, data: { ticket }, topics: [PROGRESS] };
}

/**
 * Subscribes a specialist to its departments, and records what it sees there at once. That record starts its work in
 * every process.
 */
export async function joinDesk(agent: AgentContext): Promise<void> {
  const { name } = agent;
  // After an earlier run the subscriptions still exist.
  if ((await agent.subscriptions()).length === 0)
    await agent.subscribe(await departmentsFor(agent));
  const topics = await agent.subscriptions();
  const saw = { ticket: 0, case: 0, escalation: 0, strategy: 0 };
  for (const kind of TASKS) for await (const _ of itemsOf(agent, kind)) saw[kind] += 1;
  const value: JoiningRecord = { name, at: new Date().toISOString(), topics, saw };
  await create(agent, keyOf("joining", name), value, { topics: [PROGRESS] });
}

/** Founders share all departments; a late joiner takes those with the most cases for each specialist. */
async function departmentsFor(agent: AgentContext): Promise<string[]> {
  const founder = FOUNDERS.indexOf(agent.name);
  if (founder >= 0) return DEPARTMENTS.filter((_, i) => i % FOUNDERS.length === founder);
  const { topics } = await agent.topics({ prefix: DEPARTMENT });
  return topics
    .map(({ name, items, subscribers }) => ({ name, load: items / (subscribers + 1) }))
    .toSorted((a, b) => b.load - a.load)
    .slice(0, MAX_DEPARTMENTS)
    .map(({ name }) => name);
}
