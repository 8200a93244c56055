import { usableTopics } from "../agents/agent-record.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import type { TopicRecord } from "../storage/query.ts";
import { compareCodePoints } from "../text/code-point-order.ts";
import { checkName } from "../text/name.ts";
import { checkLimit, fromPage, type Page, toPage } from "../view/page-token.ts";

/** A topic with its counts. */
export type Topic = TopicRecord;

export interface TopicFilter {
  /** Only names with this prefix. */
  prefix?: string | undefined;
  /** 1 to 1,000. @default 100 */
  limit?: number | undefined;
  /** `nextPage` of the previous listing. */
  page?: Page | undefined;
}

const TOPICS = knownOptions<TopicFilter>("topics", { prefix: true, limit: true, page: true });

export interface TopicListing {
  readonly topics: readonly Topic[];
  /** Undefined on the last page. */
  readonly nextPage: Page | undefined;
}

/** Lists topics with an item or a subscriber; for an agent with permissions, those that it may use (R5). */
export async function listTopics(
  session: Session,
  actor: Actor,
  filter: TopicFilter,
): Promise<TopicListing> {
  checkOptions(filter, TOPICS);
  const { tenantId, encoder } = session;
  const { prefix = "" } = filter;
  if (prefix !== "") checkName("prefix", prefix, encoder.limits.keyBytes);
  const limit = checkLimit(filter.limit);
  const after = fromPage(filter.page);
  const storage = await session.storage.ready();
  const allowed = await usableTopics(session, actor);
  if (allowed === undefined) {
    const { topics, next } = await storage.topics(tenantId, { prefix, after, limit });
    return { topics, nextPage: toPage(next) };
  }
  const names = allowed.filter(
    (name) =>
      name.startsWith(prefix) && (after === undefined || compareCodePoints(name, after) > 0),
  );
  const { topics } = await storage.topics(tenantId, { names });
  const page = topics.slice(0, limit);
  const next = topics.length > limit ? (page.at(-1) as Topic).name : null;
  return { topics: page, nextPage: toPage(next) };
}
