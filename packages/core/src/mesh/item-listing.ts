import type { ItemRow, ItemState } from "../model/item-row.ts";
import type { ItemPage, ItemQuery } from "../storage/query.ts";
import type { Actor } from "../route/visibility.ts";
import { checkAgentName } from "../text/agent-name.ts";
import { MAX_NAME_BYTES, checkName } from "../text/name.ts";
import { SynthaError } from "../error/syntha-error.ts";
import { type KnownOptions, knownOptions } from "../options/known-options.ts";
import { fromPage, MAX_PAGE, type Page } from "../view/page-token.ts";
import type { ReadOptions } from "./readable.ts";
import type { Session } from "../session/session.ts";

/** Which of the visible items are meant; every part given must hold. */
export interface ItemFilter<T extends string = string, P extends string = string> {
  /** Only those on this topic. */
  topic?: T | undefined;
  /** Only keys that begin so; every character counts as itself. */
  prefix?: P | undefined;
}

export interface ListFilter<
  T extends string = string,
  P extends string = string,
> extends ItemFilter<T, P> {
  /** Only those whose value this agent wrote last. */
  author?: string | undefined;
  state?: ItemState | undefined;
  /** Only those whose value was written later. */
  updatedAfter?: Date | undefined;
  /** 1 to 1,000. Default 100. */
  limit?: number | undefined;
  /** `nextPage` of the listing before. */
  page?: Page | undefined;
}

export const KEYS = filterOf("keys");
export const GET_ALL = knownOptions<ItemFilter & ReadOptions>("getAll", {
  topic: true,
  prefix: true,
  onCorrupt: true,
});
export const GET_MANY = knownOptions<ReadOptions>("getMany", { onCorrupt: true });
export const GET_ITEMS = knownOptions<ReadOptions>("getItems", { onCorrupt: true });
export const LIST = knownOptions<ListFilter & { readonly values?: boolean | undefined }>("list", {
  topic: true,
  prefix: true,
  author: true,
  state: true,
  updatedAfter: true,
  limit: true,
  page: true,
  values: true,
});

function filterOf(of: string): KnownOptions {
  return knownOptions<ItemFilter>(of, { topic: true, prefix: true });
}

const STATES: readonly unknown[] = ["open", "claimed", "done", "failed"];

export function toQuery(
  actor: Actor,
  filter: ListFilter,
  limit: number,
  withoutValues = false,
): ItemQuery {
  const { topic, prefix, author, state, updatedAfter } = filter;
  if (topic !== undefined) checkName("topic", topic);
  if (author !== undefined)
    checkAgentName(
      author,
      "Items that the system wrote have no author: look for those in what `list` returns.",
    );
  if (prefix !== undefined && prefix !== "") checkName("prefix", prefix, MAX_NAME_BYTES * 4);
  if (state !== undefined && !STATES.includes(state))
    throw badFilter("state", "open, claimed, done or failed");
  if (
    updatedAfter !== undefined &&
    !(updatedAfter instanceof Date && !Number.isNaN(updatedAfter.getTime()))
  ) {
    throw badFilter("updatedAfter", "a valid Date");
  }
  return {
    actor,
    topics: topic === undefined ? undefined : [topic],
    prefix: prefix === "" ? undefined : prefix,
    author,
    state,
    updatedAfter: updatedAfter?.getTime(),
    after: fromPage(filter.page),
    limit,
    withoutValues,
  };
}

/** All pages of a query, one after the other: as large as their values allow. */
async function* pages(session: Session, query: ItemQuery): AsyncGenerator<ItemPage> {
  for (let { after } = query; ;) {
    const storage = await session.ready();
    const limit = query.withoutValues ? query.limit : session.pageSize.limit;
    const page = await storage.list(session.tenantId, { ...query, after, limit });
    if (!query.withoutValues) session.pageSize.noteItems(page.items);
    yield page;
    if (page.next === null) return;
    after = page.next;
  }
}

export async function allRows(
  session: Session,
  as: Actor,
  filter: ItemFilter,
  withoutValues: boolean,
): Promise<{ readonly rows: readonly ItemRow[]; readonly now: number }> {
  const rows: ItemRow[] = [];
  let now = 0;
  for await (const page of pages(session, toQuery(as, filter, MAX_PAGE, withoutValues))) {
    rows.push(...page.items);
    ({ now } = page);
  }
  return { rows, now };
}

function badFilter(path: string, what: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", `\`${path}\` must be ${what}.`, {
    hint: "Leave out what you do not want to filter by.",
    details: { path },
  });
}
