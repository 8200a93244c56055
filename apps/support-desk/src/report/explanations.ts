import type { ContextMesh } from "@syntha/core";

import { itemsOf } from "../desk/items-of.ts";
import { type EscalationRecord, idOf, keyOf } from "../desk/records.ts";
import { MANAGER, RETENTION } from "../desk/roster.ts";
import { departmentOf } from "../desk/topics.ts";
import type { Report } from "./report.ts";

export type Question = { agent: string; key: string };

/** Why agents see items, or do not, as the mesh itself tells it. */
export async function explain(
  mesh: ContextMesh,
  questions: readonly Question[],
): Promise<Report["explanations"]> {
  const explanations: Report["explanations"] = [];
  for (const { agent, key } of questions) {
    const { visible, text } = await mesh.system.explain(agent, key);
    explanations.push({ agent, key, visible, text });
  }
  return explanations;
}

/**
 * Questions that show the difference between topics and names: an escalated message of a department that the newcomer
 * works for, which it sees, and what the manager was told about it, which it does not.
 */
export async function tellingQuestions(
  mesh: ContextMesh,
  newcomer: string | undefined,
): Promise<Question[]> {
  const subscriptions = newcomer === undefined ? [] : await mesh.agent(newcomer).subscriptions();
  let chosen: string | undefined;
  for await (const { key, subscribers, value } of itemsOf<EscalationRecord>(mesh, "escalation")) {
    chosen ??= idOf(key);
    if (newcomer === undefined || subscribers.includes(newcomer)) continue;
    if (!subscriptions.includes(departmentOf(value.triage.category))) continue;
    chosen = idOf(key);
    break;
  }
  if (chosen === undefined) return [];
  const seen = newcomer ?? RETENTION;
  return [
    { agent: seen, key: keyOf("ticket", chosen) },
    { agent: seen, key: keyOf("escalation", chosen) },
    { agent: MANAGER, key: keyOf("escalation", chosen) },
    { agent: RETENTION, key: keyOf("strategy", chosen) },
  ];
}
