import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ItemsQuery, ItemSummary, LiveMessage } from "../../api/index.ts";
import { onLive, resets } from "./live.ts";
import { read, type RequestError } from "./request.ts";
import { at, mode, tenant, viewer } from "./route.ts";

export type ItemFilter = Pick<ItemsQuery, "prefix" | "topic" | "author" | "state">;

export interface ItemList {
  /** By key. */
  readonly items: readonly ItemSummary[];
  /** Whether all that the filter selects is loaded. */
  readonly complete: boolean;
  readonly loading: boolean;
  readonly error: RequestError | undefined;
  readonly loadMore: () => void;
  /** Whether an item was written while the page was open. */
  readonly isNew: (item: ItemSummary) => boolean;
}

interface Loaded {
  readonly items: readonly ItemSummary[];
  readonly next: string | undefined;
  readonly complete: boolean;
}

const NONE: Loaded = { items: [], next: undefined, complete: false };
const FIRST_PAGE = 100;
const PAGE = 500;

/** The items that a filter selects, page by page, changed in place by what happens live. */
export function useItems(filter: ItemFilter, active = true): ItemList {
  const query = {
    ...filter,
    tenant: tenant.value,
    as: viewer.value,
    mode: mode.value,
    at: at.value,
  };
  const key = JSON.stringify([query, resets.value]);
  const [loaded, setLoaded] = useState<Loaded & { key: string }>({ ...NONE, key });
  const [error, setError] = useState<RequestError>();
  const [loading, setLoading] = useState(false);
  const fresh = useRef(new Map<string, number>());
  const request = useRef<AbortController>(undefined);

  const load = (page: string | undefined): void => {
    request.current?.abort();
    const ended = new AbortController();
    request.current = ended;
    setLoading(true);
    // What is written while the page is on its way is newer than the page.
    const missed: LiveMessage[] = [];
    const stop = onLive((message) => missed.push(message));
    read(
      "api/items",
      { ...query, page, limit: page === undefined ? FIRST_PAGE : PAGE },
      ended.signal,
    )
      .then(
        ({ items, nextPage }) => {
          if (ended.signal.aborted) return;
          setLoaded((last) => {
            const earlier = page === undefined ? [] : last.items;
            const merged = {
              items: merge(earlier, items),
              next: nextPage,
              complete: nextPage === undefined,
            };
            return { ...missed.reduce((sum, each) => applied(sum, each, filter), merged), key };
          });
          setError(undefined);
        },
        (reason: RequestError) => {
          if (!ended.signal.aborted) setError(reason);
        },
      )
      .finally(() => {
        stop();
        if (!ended.signal.aborted) setLoading(false);
      });
  };

  useEffect(() => {
    if (!active) return undefined;
    fresh.current.clear();
    load(undefined);
    return () => request.current?.abort();
  }, [key, active]);

  const isPast = at.value !== undefined;
  useEffect(() => {
    if (isPast || !active) return undefined;
    let pending: LiveMessage[] = [];
    let frame = 0;
    const stop = onLive((message) => {
      if (message.type === "put") fresh.current.set(message.item.key, message.item.revision);
      pending.push(message);
      // All that arrives within a frame is one rendering.
      frame ||= requestAnimationFrame(() => {
        const messages = pending;
        pending = [];
        frame = 0;
        setLoaded((last) => {
          const next = messages.reduce<Loaded>((sum, each) => applied(sum, each, filter), last);
          return next === last ? last : { ...next, key: last.key };
        });
      });
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [key, isPast, active]);

  return useMemo(
    () => ({
      items: loaded.items,
      complete: loaded.complete && loaded.key === key,
      loading: loading || loaded.key !== key,
      error,
      loadMore: () => {
        if (loaded.next !== undefined && !loading) load(loaded.next);
      },
      isNew: (item) => fresh.current.get(item.key) === item.revision,
    }),
    [loaded, loading, error, key],
  );
}

/** Replaces, inserts or removes what a message is about, if it belongs to what is loaded. */
function applied(list: Loaded, message: LiveMessage, filter: ItemFilter): Loaded {
  switch (message.type) {
    case "put":
      return put(list, message.item, filter);
    case "hide":
    case "delete":
    case "expire":
      return without(list, message.key);
    case "visibility": {
      const keys = new Set(message.keys);
      if (!list.items.some(({ key }) => keys.has(key))) return list;
      const items = list.items.map((item) =>
        keys.has(item.key) ? { ...item, visible: message.visible } : item,
      );
      return { ...list, items };
    }
    default:
      return list;
  }
}

function put(list: Loaded, item: ItemSummary, filter: ItemFilter): Loaded {
  const index = lowerBound(list.items, item.key);
  const current = list.items[index];
  const isThere = current?.key === item.key;
  if (isThere && current.revision > item.revision) return list;
  if (!selects(filter, item)) return isThere ? without(list, item.key) : list;
  // Items after the last loaded one come with their page.
  if (index === list.items.length && !list.complete) return list;
  return { ...list, items: list.items.toSpliced(index, isThere ? 1 : 0, item) };
}

function without(list: Loaded, key: string): Loaded {
  const index = lowerBound(list.items, key);
  if (list.items[index]?.key !== key) return list;
  return { ...list, items: list.items.toSpliced(index, 1) };
}

function selects({ prefix, topic, author, state }: ItemFilter, item: ItemSummary): boolean {
  return (
    item.key.startsWith(prefix ?? "") &&
    (topic === undefined || topic === "" || item.topics.includes(topic)) &&
    (author === undefined || author === "" || item.author === author) &&
    (state === undefined || item.state === state)
  );
}

function merge(
  earlier: readonly ItemSummary[],
  page: readonly ItemSummary[],
): readonly ItemSummary[] {
  const first = page[0];
  if (first === undefined) return earlier;
  return [...earlier.slice(0, lowerBound(earlier, first.key)), ...page];
}

function lowerBound(items: readonly ItemSummary[], key: string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareCodePoints(items[middle]?.key ?? "", key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The order of keys in a mesh. JavaScript's own order of strings differs beyond U+FFFF. */
function compareCodePoints(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a !== b) return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1;
  }
  return left.length - right.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
