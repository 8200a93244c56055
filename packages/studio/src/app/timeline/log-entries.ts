import { useEffect, useRef, useState } from "preact/hooks";
import type { LogPage, TimelineEntry } from "../../api/index.ts";
import { coalesced } from "../state/coalesced.ts";
import { head, onLive, resets } from "../state/live.ts";
import { read, type RequestError } from "../state/request.ts";
import { tenant, viewer } from "../state/route.ts";

export interface LogEntries {
  /** Newest first. */
  readonly entries: readonly TimelineEntry[];
  readonly floor: number;
  readonly loading: boolean;
  readonly error: RequestError | undefined;
  readonly loadEarlier: () => void;
  /** Positions after this one were written while the page was open. */
  readonly newAfter: number;
}

interface Loaded {
  readonly entries: readonly TimelineEntry[];
  readonly floor: number;
  readonly before: number | undefined;
  readonly after: number;
}

const PAGE = 200;
/** Entries that are kept while others follow; the oldest are read again when one scrolls to them. */
const MOST_KEPT = 5_000;
/** Live entries come at most this often, in milliseconds. */
const REFETCH = 100;

/** The log, newest first: what follows arrives live, what came before as one scrolls. */
export function useLog(
  filter: { key?: string | undefined; actor?: string | undefined },
  moment: number | undefined,
): LogEntries {
  const query = { ...filter, tenant: tenant.value, as: viewer.value };
  const [loaded, setLoaded] = useState<Loaded>();
  const [error, setError] = useState<RequestError>();
  const [loading, setLoading] = useState(true);
  const state = useRef<Loaded>(undefined);
  const first = useRef(0);
  const busy = useRef(false);
  state.current = loaded;
  // A moment before what is loaded needs a page around it; later ones are reached from the head.
  const oldest = loaded?.entries.at(-1)?.position ?? 0;
  const [start, setStart] = useState<number>();
  const isFar =
    moment !== undefined && (moment < oldest || (start !== undefined && moment > start));
  const wanted = moment === undefined ? undefined : isFar ? moment + PAGE / 2 : start;
  if (!loading && wanted !== start) setStart(wanted);
  const key = JSON.stringify([query, start, resets.value]);

  useEffect(() => {
    const ended = new AbortController();
    setLoading(true);
    read("api/log", { ...query, before: start, limit: PAGE }, ended.signal).then(
      (page) => {
        if (ended.signal.aborted) return;
        first.current = page.head;
        setLoaded({
          entries: page.entries.toReversed(),
          floor: page.floor,
          before: page.before,
          after: page.after,
        });
        setError(undefined);
        setLoading(false);
        // What was written meanwhile was reported before there was a page to add it to.
        if (start === undefined && head.peek() > page.after) follow.call();
      },
      (reason: RequestError) => {
        if (ended.signal.aborted) return;
        setError(reason);
        setLoading(false);
      },
    );

    const catchUp = async (): Promise<void> => {
      const after = state.current?.after;
      if (after === undefined || busy.current) return;
      busy.current = true;
      try {
        const page = await read("api/log", { ...query, after, limit: 500 }, ended.signal);
        setLoaded((last) => (last === undefined ? last : following(last, page)));
        if (page.more) follow.call();
      } catch (reason) {
        // The log after the page is no longer there. After other errors, the next message tries again.
        if ((reason as RequestError).code === "CURSOR_COMPACTED") resets.value++;
      } finally {
        busy.current = false;
      }
    };
    const follow = coalesced(catchUp, REFETCH);
    const stop = onLive((message) => {
      // A page of the past does not join what is written now.
      if (!("position" in message) || start !== undefined) return;
      // What was there before the first page arrived is in it.
      if (message.position > (state.current?.after ?? Number.POSITIVE_INFINITY)) follow.call();
    });
    return () => {
      ended.abort();
      stop();
      follow.cancel();
    };
  }, [key]);

  const loadEarlier = (): void => {
    const before = state.current?.before;
    if (before === undefined || busy.current) return;
    busy.current = true;
    read("api/log", { ...query, before, limit: 500 })
      .then(
        (page) =>
          setLoaded((last) =>
            last === undefined
              ? last
              : {
                  ...last,
                  entries: [...last.entries, ...page.entries.toReversed()],
                  before: page.before,
                },
          ),
        setError,
      )
      .finally(() => (busy.current = false));
  };

  return {
    entries: loaded?.entries ?? [],
    floor: loaded?.floor ?? 0,
    loading,
    error,
    loadEarlier,
    newAfter: first.current,
  };
}

function following(last: Loaded, page: LogPage): Loaded {
  const known = last.entries[0];
  const fresh = page.entries.filter(
    ({ position, index }) =>
      known === undefined ||
      position > known.position ||
      (position === known.position && index > known.index),
  );
  const entries = fresh.length === 0 ? last.entries : [...fresh.toReversed(), ...last.entries];
  const after = Math.max(page.after, last.after);
  return withoutOldest({ ...last, entries, floor: page.floor, after });
}

/** Leaves out the oldest commits of very many. */
function withoutOldest(loaded: Loaded): Loaded {
  const { entries } = loaded;
  if (entries.length <= MOST_KEPT) return loaded;
  const cut = entries[MOST_KEPT]?.position ?? 0;
  const kept = entries.filter(({ position }) => position > cut);
  // A single commit may have as many.
  return kept.length === 0 ? loaded : { ...loaded, entries: kept, before: cut + 1 };
}
