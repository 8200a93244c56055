import type { ContextMesh } from "@syntha/core";
import { type EscalationRecord, itemsOf, keyOf, TASKS } from "../desk/records.ts";
import { MANAGER, RETENTION, STAFF } from "../desk/roster.ts";

/** Has no task and subscribes to every topic: what it sees, topics do not protect. */
export const VISITOR = "Visitor";

/** Lets every agent list what it sees, and read every private item; explains some of the results. */
export async function audit(mesh: ContextMesh, lateJoiner: string) {
  const topics = (await mesh.topics({ limit: 1_000 })).topics.map(({ name }) => name);
  const agents = [...Object.keys(STAFF), VISITOR];
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
    for (const [agent, key] of await examples(mesh, lateJoiner)) {
      const { visible, text } = await mesh.system.explain(agent, key);
      explanations.push(`${visible ? "✓" : "✗"} ${text}`);
    }
    return { sight, privacy: await auditPrivacy(mesh, agents), explanations };
  } finally {
    if (topics.length > 0) await mesh.agent(VISITOR).unsubscribe(topics);
  }
}

/** Compares who gets a private item with the names on its route: it does not trust the rule that it checks. */
async function auditPrivacy(mesh: ContextMesh, agents: readonly string[]) {
  const found = { items: 0, agents: agents.length, reads: 0, byNamed: 0, leaks: [] as string[] };
  for (const kind of ["escalation", "strategy"] as const) {
    for await (const { key, subscribers, owner } of itemsOf(mesh.system, kind)) {
      found.items += 1;
      const read = async (agent: string) => {
        found.reads += 1;
        if ((await mesh.agent(agent).get(key)) === undefined) return;
        if (agent === owner || subscribers.includes(agent)) found.byNamed += 1;
        else found.leaks.push(`${agent} got ${key}, which does not name it`);
      };
      await Promise.all(agents.map(read));
    }
  }
  return found;
}

/** The message of an escalation that does not name the late joiner, and the escalation. */
async function examples(mesh: ContextMesh, lateJoiner: string) {
  let chosen: string | undefined;
  for await (const { value, subscribers } of itemsOf<EscalationRecord>(mesh.system, "escalation")) {
    const isSeen = await mesh.agent(lateJoiner).get(keyOf("ticket", value.id));
    if (isSeen !== undefined && !subscribers.includes(lateJoiner)) chosen = value.id;
    if (chosen !== undefined) break;
  }
  if (chosen === undefined) return [];
  const escalation = keyOf("escalation", chosen);
  return [
    [lateJoiner, keyOf("ticket", chosen)],
    [lateJoiner, escalation],
    [MANAGER, escalation],
    [RETENTION, keyOf("strategy", chosen)],
  ] as const;
}
