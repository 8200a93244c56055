import { AGENT_FILTER, type AgentFilter, toAgentQuery } from "../agents/agent-listing.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Session } from "../session/session.ts";
import { type Page, toPage } from "../view/page-token.ts";
import { type Explanation, explainFor, explainRemoved } from "./explanation.ts";
import { readRow } from "./get.ts";
import { lastEntry } from "./history.ts";

/** A page of the known agents (R19), each with why it sees an item, or does not. */
export interface AudienceListing {
  /** One for each agent, by name in code point order. */
  readonly explanations: readonly Explanation[];
  /** How many agents of this page see the item. */
  readonly visibleTo: number;
  /** Undefined on the last page. */
  readonly nextPage: Page | undefined;
}

const AUDIENCE = knownOptions<AgentFilter>("audience", AGENT_FILTER);

/** Explains an item to the system for each known agent, in one snapshot. */
export async function listAudience(
  session: Session,
  key: string,
  filter: AgentFilter,
): Promise<AudienceListing> {
  checkOptions(filter, AUDIENCE);
  const query = toAgentQuery(filter);
  for (;;) {
    const { items, head } = await readRow(session, null, key);
    const page = await (await session.storage.ready()).agents(session.tenantId, query);
    // Both reads must be of one moment: a commit came between them.
    if (page.head !== head) continue;
    const [row] = items;
    const last = row === undefined ? await lastEntry(session, key) : undefined;
    const explanations = page.agents.map((agent) =>
      row === undefined ? explainRemoved(agent.name, key, last) : explainFor(agent, key, row),
    );
    const visibleTo = explanations.filter(({ visible }) => visible).length;
    return { explanations, visibleTo, nextPage: toPage(page.next) };
  }
}
