import { listSubscriptions } from "../agents/subscriptions.ts";
import type { JsonValue } from "../json/json.ts";
import type { ItemRow } from "../model/item-row.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { KeyOf, MeshSchema, ValueOf } from "../schema/mesh-schema.ts";
import type { Session } from "../session/session.ts";
import { valueOf } from "../view/item.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { type ItemFilter, toQuery } from "./item-listing.ts";
import { checkReadOptions, readItems, type ReadOptions } from "./read-options.ts";

/** More than other pages: a key takes at most 256 bytes. */
const MAX_KEYS_PAGE = 5_000;

/** Values by key. If the keys are known at compile time, each may still be missing. */
export type ValuesByKey<S extends MeshSchema, T, K extends string = KeyOf<S>> =
  string extends KeyOf<S> ? Record<K, ValueOf<S, string, T>> : { [P in K]?: ValueOf<S, P, T> };

/** The group of keys that are visible for another reason than a topic; `""` where a topic is called that. */
const OTHER = "other";

const KEYS = knownOptions<ItemFilter>("keys", { topics: true, prefix: true });
const GET_ALL = knownOptions<ItemFilter & ReadOptions>("getAll", {
  topics: true,
  prefix: true,
  onCorrupt: true,
});

export async function getAll(
  session: Session,
  actor: Actor,
  filter: ItemFilter & ReadOptions,
): Promise<Record<string, JsonValue>> {
  checkReadOptions(filter, GET_ALL);
  const { rows, now } = await allRows(session, actor, filter);
  return Object.fromEntries(readItems(rows, now, (row) => [row.key, valueOf(row)], filter));
}

export async function keys(
  session: Session,
  actor: Actor,
  filter: ItemFilter,
): Promise<readonly string[]> {
  checkOptions(filter, KEYS);
  // Which items are on these topics may take their routes.
  const select = filter.topics === undefined ? "keys" : "topics";
  const { rows } = await allRows(session, actor, filter, select);
  return rows.map(({ key }) => key);
}

export async function keysByTopic(
  session: Session,
  actor: Actor,
): Promise<Record<string, string[]>> {
  const { rows } = await allRows(session, actor, {}, "topics");
  const subscribed = actor === null ? undefined : new Set(await listSubscriptions(session, actor));
  const isTopic = subscribed?.has(OTHER) ?? rows.some(({ topics }) => topics.includes(OTHER));
  const groups = new Map<string, string[]>();
  for (const { key, topics } of rows) {
    const shown = subscribed ? topics.filter((topic) => subscribed.has(topic)) : topics;
    for (const topic of shown.length > 0 ? shown : [isTopic ? "" : OTHER]) {
      const group = groups.get(topic);
      if (group === undefined) groups.set(topic, [key]);
      else group.push(key);
    }
  }
  return Object.fromEntries(groups);
}

/** Every row of a filter; pages are as large as the values allow. */
async function allRows(
  { tenantId, storage, pageSize }: Session,
  actor: Actor,
  filter: ItemFilter,
  select: "items" | "topics" | "keys" = "items",
): Promise<{ readonly rows: readonly ItemRow[]; readonly now: number }> {
  const maxPage = select === "keys" ? MAX_KEYS_PAGE : MAX_PAGE;
  const query = toQuery(actor, filter, maxPage, select);
  const rows: ItemRow[] = [];
  for (let after: string | undefined; ;) {
    const limit = select === "items" ? pageSize.limit : maxPage;
    const page = await (await storage.ready()).list(tenantId, { ...query, after, limit });
    if (select === "items") pageSize.noteItems(page.items);
    for (const row of page.items) rows.push(row);
    if (page.next === null) return { rows, now: page.now };
    after = page.next;
  }
}
