import { SynthaError } from "../error/syntha-error.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import { checkName, checkNames } from "../text/name.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { readAgent } from "./agent-record.ts";

/** Topics that one call may name. */
const MAX_TOPICS = 1_000;

/** Adds or ends subscriptions. Returns the topics that changed. */
export async function changeSubscriptions(
  session: Session,
  actor: Actor,
  type: "subscribe" | "unsubscribe",
  topics: readonly string[],
): Promise<readonly string[]> {
  if (actor === null) {
    throw new SynthaError(
      "INVALID_ARGUMENTS",
      "The system sees everything; it has no subscriptions.",
      { hint: 'Subscribe an agent: mesh.agent("Triage").subscribe([...]).' },
    );
  }
  const names = checkNames("topic", topics, MAX_TOPICS);
  session.encoder.checkTopics(names);
  const result = await session.perform(actor, { type, agent: actor, topics: names });
  // A copy: the log may hold the list itself.
  return [...result.topics];
}

export async function listSubscriptions(
  session: Session,
  actor: Actor,
): Promise<readonly string[]> {
  if (actor === null) return [];
  return (await readAgent(session, actor)).agent?.subscriptions ?? [];
}

export async function listSubscribers(
  { tenantId, storage }: Session,
  topic: string,
): Promise<readonly string[]> {
  checkName("topic", topic);
  const names: string[] = [];
  for (let after: string | undefined; ;) {
    const query = { topic, after, limit: MAX_PAGE };
    const page = await (await storage.ready()).agents(tenantId, query);
    names.push(...page.agents.map(({ name }) => name));
    if (page.next === null) return names;
    after = page.next;
  }
}
