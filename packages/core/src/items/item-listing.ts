import { SynthaError } from "../error/syntha-error.ts";
import type { ItemState } from "../model/item-row.ts";
import { checkFlag } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import type { ItemQuery } from "../storage/query.ts";
import { checkAgentName, refuseReservedName } from "../text/agent-name.ts";
import { checkName, checkNames, checkPrefix } from "../text/name.ts";
import {
  type CorruptItem,
  type Item,
  type ItemHeader,
  toCorruptItem,
  toHeader,
  toItem,
} from "../view/item.ts";
import { checkLimit, fromPage, type Page, toPage } from "../view/page-token.ts";
import { readable } from "../view/readable.ts";

const MAX_AFTER_BYTES = 4_096;
/** Topics, and subscribers, that one listing may name. */
const MAX_NAMES = 64;

/** Selects visible items; every part given must match. */
export interface ItemFilter<T extends string = string, P extends string = string> {
  /** Only items on at least one of these topics: 1 to 64. */
  topics?: readonly T[] | undefined;
  /** Only keys with this prefix; it has no wildcards. */
  prefix?: P | undefined;
}

export interface ListFilter<
  T extends string = string,
  P extends string = string,
> extends ItemFilter<T, P> {
  /** Only items whose route names at least one of these agents, such as what is in an agent's inbox: 1 to 64. */
  subscribers?: readonly string[] | undefined;
  /** Only items whose value this agent wrote last. */
  author?: string | undefined;
  state?: ItemState | undefined;
  /** Only items whose value was written after this time. */
  updatedAfter?: Date | undefined;
  /** Only keys after this one, in code point order; there need not be such an item. Not together with `page`. */
  after?: string | undefined;
  /** 1 to 1,000. @default 100 */
  limit?: number | undefined;
  /** `nextPage` of the previous listing. */
  page?: Page | undefined;
}

const LIST = knownOptions<ListFilter & { readonly values?: boolean | undefined }>("list", {
  topics: true,
  prefix: true,
  subscribers: true,
  author: true,
  state: true,
  updatedAfter: true,
  after: true,
  limit: true,
  page: true,
  values: true,
});

export interface Listing<I = Item> {
  readonly items: readonly I[];
  /** Items whose values are damaged where they are stored: without their values. */
  readonly corrupt: readonly CorruptItem[];
  /** Undefined on the last page. */
  readonly nextPage: Page | undefined;
}

export async function listItems(
  { tenantId, storage }: Session,
  actor: Actor,
  filter: ListFilter & { readonly values?: boolean | undefined },
): Promise<Listing<ItemHeader>> {
  checkOptions(filter, LIST);
  checkFlag("values", filter.values);
  const withoutValues = filter.values === false;
  const select = withoutValues ? "headers" : "items";
  const query = toQuery(actor, filter, checkLimit(filter.limit), select);
  const { items, now, next } = await (await storage.ready()).list(tenantId, query);
  const nextPage = toPage(next);
  if (withoutValues)
    return { items: items.map((row) => toHeader(row, now)), corrupt: [], nextPage };
  const { values, corrupt } = readable(items, (row) => toItem(row, now));
  return {
    items: values,
    corrupt: corrupt.map(([row, error]) => toCorruptItem(row, now, error)),
    nextPage,
  };
}

const STATES: readonly unknown[] = ["open", "claimed", "done", "failed"];

/** @throws INVALID_ARGUMENTS, INVALID_TEXT, INVALID_CURSOR */
export function toQuery(
  actor: Actor,
  filter: ListFilter,
  limit: number,
  select: ItemQuery["select"],
): ItemQuery {
  const { topics, subscribers, prefix, author, state, updatedAfter } = filter;
  if (author !== undefined)
    checkAgentName(
      author,
      "Items that the system wrote have no author: look for those in what `list` returns.",
    );
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
    topics: topics && checkNames("topic", topics, MAX_NAMES),
    subscribers: subscribers && checkSubscribers(subscribers),
    prefix: checkPrefix(prefix),
    author,
    state,
    updatedAfter: updatedAfter?.getTime(),
    after: startOf(filter),
    limit,
    select,
  };
}

function checkSubscribers(given: readonly string[]): readonly string[] {
  const subscribers = checkNames("agent name", given, MAX_NAMES);
  for (const name of subscribers)
    refuseReservedName(name, "Leave it out: no route names the system, which sees every item.");
  return subscribers;
}

function startOf({ after, page }: ListFilter): string | undefined {
  if (after === undefined) return fromPage(page);
  if (page !== undefined)
    throw new SynthaError("INVALID_ARGUMENTS", "A listing starts `after` a key, or at a `page`.", {
      hint: "Leave out `after`: the page token has the position.",
      details: { path: "after" },
    });
  // A position between keys may be longer than any key.
  checkName("key", after, MAX_AFTER_BYTES);
  return after;
}

function badFilter(path: string, what: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", `\`${path}\` must be ${what}.`, {
    hint: "Leave it out to list items regardless of it.",
    details: { path },
  });
}
