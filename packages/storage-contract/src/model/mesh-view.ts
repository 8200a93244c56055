import type { AgentContext, Cursor, Explanation, ListFilter, Page } from "@syntha/core";
import { AGENTS, EVENT_TYPES, KEYS, TOPICS } from "./plan.ts";
import { itemAndState } from "./item-text.ts";
import { assertSame } from "../harness/index.ts";
import type { Subject } from "./subject.ts";
import type { Actor } from "./state.ts";
import { type Filter, FILTERS } from "./model-view.ts";

/** Small, so that listings have several pages. */
const PAGE = 2;

/** What one reader sees, in the form of the model's view. */
export async function readerView(
  agent: AgentContext,
  turn: number,
  start: number,
): Promise<unknown> {
  const items = await Promise.all(KEYS.map((key) => agent.getItem(key)));
  const values = await Promise.all(KEYS.map((key) => agent.get(key)));
  const explanations = await Promise.all(KEYS.map((key) => agent.explain(key)));
  const many = await agent.getMany(KEYS);
  for (const [i, key] of KEYS.entries()) {
    assertSame(`get and getItem of "${key}"`, values[i], items[i]?.value);
    const own: unknown = Object.hasOwn(many, key) ? many[key] : undefined;
    assertSame(`getMany and getItem of "${key}"`, own, items[i]?.value);
  }
  const byTopic = await agent.keysByTopic();
  return {
    keys: await agent.keys(),
    all: Object.entries(await agent.getAll()).map(([key, value]) => [key, JSON.stringify(value)]),
    items: items.map((item) => (item ? itemAndState(item) : null)),
    list: await listed(agent, turn, start),
    byTopic: Object.entries(byTopic).sort(([a], [b]) => (a < b ? -1 : 1)),
    events: await events(agent, EVENT_TYPES[turn % 3]),
    subscriptions: await agent.subscriptions(),
    explain: explanations.map(explanationOf),
    topics: (await agent.topics()).topics.map(counts),
  };
}

const counts = (topic: { name: string; subscribers: number; items: number }): unknown => [
  topic.name,
  topic.subscribers,
  topic.items,
];

function explanationOf({
  visible,
  reasons,
  notVisibleBecause,
  topicsToSubscribe,
}: Explanation): unknown {
  if (visible) return reasons.map(({ kind }) => kind);
  return topicsToSubscribe.length === 0 && notVisibleBecause === "absent"
    ? "absent"
    : [notVisibleBecause, ...topicsToSubscribe];
}

async function listed(agent: AgentContext, turn: number, start: number): Promise<string[]> {
  const { updatedAfter, ...rest } = FILTERS[turn % FILTERS.length] as Filter;
  const filter: ListFilter = {
    ...rest,
    ...(updatedAfter !== undefined && { updatedAfter: new Date(start + updatedAfter) }),
  };
  const items: string[] = [];
  for (let page: Page | undefined; ;) {
    const listing = await agent.list({ ...filter, limit: PAGE, page });
    assertSame("whether a page keeps its limit", listing.items.length <= PAGE, true);
    items.push(...listing.items.map((item) => itemAndState(item)));
    if (listing.nextPage === undefined) return items;
    page = listing.nextPage;
  }
}

async function events(agent: AgentContext, type: string | undefined): Promise<unknown[]> {
  const types = type === undefined ? undefined : [type];
  const all: unknown[] = [];
  for (let since: Cursor | undefined; ;) {
    const page = await agent.events({ types, since, limit: PAGE });
    for (const { id, type: name, data, author, topics, at } of page.events)
      all.push([id, name, JSON.stringify(data), author ?? null, topics, at.getTime()]);
    if (page.events.length < PAGE) return all;
    since = page.cursor;
  }
}

/** What the mesh reports about a tenant, in the form of the model's overview. */
export async function meshOverview(
  subject: Subject,
  tenant: number,
  handle: number,
  turn: number,
): Promise<unknown> {
  const mesh = subject.mesh(tenant, handle);
  const key = KEYS[turn % KEYS.length] as string;
  const history = await mesh.system.history(key);
  const permissions = await Promise.all(
    AGENTS.map((name: Actor) => mesh.permissions(name as string)),
  );
  return {
    stats: await mesh.stats(),
    subscribers: await Promise.all(TOPICS.map((topic) => mesh.subscribers(topic))),
    permissions: permissions.map((set) => set && [set.post, set.subscribe, set.global, set.direct]),
    explain: await Promise.all(
      AGENTS.map(async (name) => {
        const explanation = explanationOf(await mesh.system.explain(name, key));
        return explanation === "absent" ? ["absent"] : explanation;
      }),
    ),
    history: history.map(({ type, revision, actor, value, state }) => [
      type,
      revision,
      actor ?? null,
      value === undefined ? null : JSON.stringify(value),
      state ?? null,
    ]),
  };
}
