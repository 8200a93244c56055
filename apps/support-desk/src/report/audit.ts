import type { ContextMesh } from "@syntha/core";

import { type EscalationRecord, itemsOf, keyOf, TASKS } from "../desk/records.ts";
import { departmentOf, DEPARTMENTS, MANAGER, RETENTION, STAFF } from "../desk/roster.ts";

/** Has no task and subscribes to every topic: what it sees, topics do not protect. */
export const VISITOR = "Visitor";

export type Question = { agent: string; key: string };

/** Lets every agent list what it sees, and read every private item; explains some of the results. */
export async function audit(
  mesh: ContextMesh,
  lateJoiner = RETENTION,
  asked: readonly Question[] = [],
) {
  const topics = (await mesh.topics({ limit: 1_000 })).topics.map(({ name }) => name);
  const specialists = new Set<string>();
  for (const topic of DEPARTMENTS)
    for (const name of await mesh.subscribers(topic)) specialists.add(name);
  const { compare } = new Intl.Collator("en", { numeric: true });
  const agents = [...Object.keys(STAFF), ...[...specialists].toSorted(compare), VISITOR];
  if (topics.length > 0) await mesh.agent(VISITOR).subscribe(topics);
  try {
    const sight = [];
    for (const agent of agents) {
      const sees = { agent, ticket: 0, case: 0, escalation: 0, strategy: 0 };
      for (const kind of TASKS)
        for await (const _ of itemsOf(mesh.agent(agent), kind)) sees[kind] += 1;
      sight.push(sees);
    }
    const explanations = [];
    for (const { agent, key } of [...(await examples(mesh, lateJoiner)), ...asked]) {
      const { visible, text } = await mesh.system.explain(agent, key);
      explanations.push({ agent, key, visible, text });
    }
    return { sight, privacy: await auditPrivacy(mesh, agents), explanations };
  } finally {
    if (topics.length > 0) await mesh.agent(VISITOR).unsubscribe(topics);
  }
}

/** Compares who gets a private item with the names on its route: it does not trust the rule that it checks. */
async function auditPrivacy(mesh: ContextMesh, agents: readonly string[]) {
  const found = {
    items: 0,
    agents: agents.length,
    reads: 0,
    seenByNamed: 0,
    leaks: [] as Question[],
  };
  for (const kind of ["escalation", "strategy"] as const) {
    for await (const { key, subscribers, owner } of itemsOf(mesh.system, kind)) {
      found.items += 1;
      const read = async (agent: string) => {
        found.reads += 1;
        if ((await mesh.agent(agent).get(key)) === undefined) return;
        if (agent === owner || subscribers.includes(agent)) found.seenByNamed += 1;
        else found.leaks.push({ agent, key });
      };
      await Promise.all(agents.map(read));
    }
  }
  return found;
}

/** A message that the late joiner sees because of its topic, and its escalation, which names other agents. */
async function examples(mesh: ContextMesh, lateJoiner: string): Promise<Question[]> {
  const topics = await mesh.agent(lateJoiner).subscriptions();
  let chosen: string | undefined;
  for await (const { value, subscribers } of itemsOf<EscalationRecord>(mesh.system, "escalation")) {
    const isOnTopic = topics.includes(departmentOf(value.triage.category));
    const isBest = isOnTopic && !subscribers.includes(lateJoiner);
    if (isBest || chosen === undefined) chosen = value.id;
    if (isBest) break;
  }
  if (chosen === undefined) return [];
  const [escalation, strategy] = [keyOf("escalation", chosen), keyOf("strategy", chosen)];
  return [
    { agent: lateJoiner, key: keyOf("ticket", chosen) },
    { agent: lateJoiner, key: escalation },
    { agent: MANAGER, key: escalation },
    { agent: RETENTION, key: strategy },
  ];
}
