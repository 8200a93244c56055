import { readAgent } from "../agents/agent-record.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import type { AgentRecord } from "../storage/query.ts";
import { checkAgentName } from "../text/agent-name.ts";
import { checkNames } from "../text/name.ts";
import {
  type Explanation,
  explainAbsent,
  explainFor,
  explainRemoved,
  explainVisible,
} from "./explanation.ts";
import { MAX_KEYS, readRow } from "./get.ts";
import { lastEntry } from "./history.ts";

/** An actor's own explanation: what it does not see is explained like what does not exist. */
export async function explain(session: Session, actor: Actor, key: string): Promise<Explanation> {
  for (;;) {
    const { items, head } = await readRow(session, actor, key);
    const [row] = items;
    if (row === undefined) return explainAbsent(actor, key);
    if (actor === null) return explainVisible(null, key, row, []);
    const { agent, head: agentHead } = await readAgent(session, actor);
    // Both reads must be of one moment: a commit came between them.
    if (agentHead !== head) continue;
    return explainVisible(actor, key, row, agent?.subscriptions ?? []);
  }
}

/** The system's explanation of what an agent sees. */
export async function explainToSystem(
  session: Session,
  agentName: string,
  key: string,
): Promise<Explanation> {
  checkAgentName(agentName, "Call explain(key) alone for the system's own view.");
  for (;;) {
    const { items, head } = await readRow(session, null, key);
    const { agent, head: agentHead } = await readAgent(session, agentName);
    if (agentHead !== head) continue;
    const [row] = items;
    if (row !== undefined) return explainFor(agent as AgentRecord, key, row);
    return explainRemoved(agentName, key, await lastEntry(session, key));
  }
}

/** The system's explanations of what an agent sees of several keys, in their order, in one snapshot. */
export async function explainMany(
  session: Session,
  agentName: string,
  keys: readonly string[],
): Promise<readonly Explanation[]> {
  checkAgentName(agentName, "The system sees everything: explain(key) says so.");
  if (Array.isArray(keys) && keys.length === 0) return [];
  const { tenantId, encoder, storage } = session;
  const names = checkNames("key", keys, MAX_KEYS, encoder.limits.keyBytes);
  for (;;) {
    const { items, head } = await (await storage.ready()).get(tenantId, null, names);
    const { agent, head: agentHead } = await readAgent(session, agentName);
    if (agentHead !== head) continue;
    return explainRows(session, agent as AgentRecord, names, items);
  }
}

async function explainRows(
  session: Session,
  agent: AgentRecord,
  keys: readonly string[],
  rows: readonly (ItemRow | undefined)[],
): Promise<readonly Explanation[]> {
  const explanations: Explanation[] = [];
  for (const [at, key] of keys.entries()) {
    const row = rows[at];
    explanations.push(
      row === undefined
        ? explainRemoved(agent.name, key, await lastEntry(session, key))
        : explainFor(agent, key, row),
    );
  }
  return explanations;
}
