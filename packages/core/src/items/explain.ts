import { readAgent } from "../agents/agent-record.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import type { AgentRecord } from "../storage/query.ts";
import { checkAgentName } from "../text/agent-name.ts";
import {
  type Explanation,
  explainAbsent,
  explainFor,
  explainRemoved,
  explainVisible,
} from "./explanation.ts";
import { readRow } from "./get.ts";
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
