import { compareCodePoints } from "../text/code-point-order.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { checkName } from "../text/name.ts";
import type { Actor } from "../route/visibility.ts";
import type { TopicPage, TopicRecord } from "../storage/query.ts";
import { permissionsOf } from "./readable-permissions.ts";
import { checkLimit, fromPage, type Page, toPage } from "../view/page-token.ts";
import type { Session } from "../session/session.ts";

/** A topic as discovery shows it. */
export type Topic = TopicRecord;

export interface TopicFilter {
  /** Only names that begin so. */
  prefix?: string | undefined;
  /** 1 to 1,000. Default 100. */
  limit?: number | undefined;
  page?: Page | undefined;
}

const TOPICS = knownOptions<TopicFilter>("topics", { prefix: true, limit: true, page: true });

export interface TopicListing {
  readonly topics: readonly Topic[];
  readonly nextPage: Page | undefined;
}

/** Topics that have an item or a subscriber; an agent with permissions is shown those that it may use (R5). */
export async function listTopics(
  session: Session,
  as: Actor,
  filter: TopicFilter,
): Promise<TopicListing> {
  checkOptions(filter, TOPICS);
  const { prefix = "" } = filter;
  if (prefix !== "") checkName("prefix", prefix, session.limits.keyBytes);
  const limit = checkLimit(filter.limit);
  const after = fromPage(filter.page);
  const storage = await session.ready();
  const allowed = await allowedTopics(session, as);
  if (allowed === undefined)
    return listing(await storage.topics(session.tenantId, { prefix, after, limit }));
  const names = allowed.filter(
    (name) =>
      name.startsWith(prefix) && (after === undefined || compareCodePoints(name, after) > 0),
  );
  const { topics } = await storage.topics(session.tenantId, { names });
  const page = topics.slice(0, limit);
  const next = topics.length > limit ? (page.at(-1) as TopicRecord).name : null;
  return { topics: page, nextPage: toPage(next) };
}

async function allowedTopics(session: Session, as: Actor): Promise<readonly string[] | undefined> {
  if (as === null) return undefined;
  const storage = await session.ready();
  const { agents } = await storage.agents(session.tenantId, { name: as });
  const permissions = permissionsOf(agents[0]);
  return permissions ? [...permissions.post, ...permissions.subscribe] : undefined;
}

function listing({ topics, next }: TopicPage): TopicListing {
  return { topics, nextPage: toPage(next) };
}
