import { SynthaError } from "../error/syntha-error.ts";
import { checkPositionNumber } from "../log/position-number.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import { requireSupport } from "../storage/support.ts";
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

export interface SubscriptionOptions {
  /**
   * As they were after the commit at this position, which the log still holds: a revision, or the position of an entry.
   * @default as they are
   */
  at?: number | undefined;
}

const SUBSCRIPTIONS = knownOptions<SubscriptionOptions>("subscriptions", { at: true });

export async function listSubscriptions(
  session: Session,
  actor: Actor,
  options: SubscriptionOptions = {},
): Promise<readonly string[]> {
  checkOptions(options, SUBSCRIPTIONS);
  const { at } = options;
  if (at !== undefined) return listPastSubscriptions(session, actor, at);
  if (actor === null) return [];
  return (await readAgent(session, actor)).agent?.subscriptions ?? [];
}

async function listPastSubscriptions(
  { tenantId, storage }: Session,
  actor: Actor,
  at: number,
): Promise<readonly string[]> {
  checkPositionNumber("at", at);
  const opened = requireSupport(await storage.ready(), "pastSubscriptions");
  const { agents } =
    actor === null ? { agents: [] } : await opened.agents(tenantId, { name: actor, at });
  // Afterwards: the log is compacted before the subscriptions that ended within it.
  await opened.log(tenantId, { after: at, limit: 1 });
  return agents[0]?.subscriptions ?? [];
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
