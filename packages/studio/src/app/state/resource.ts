import { useEffect, useRef, useState } from "preact/hooks";
import type { LiveMessage } from "../../api/index.ts";
import { coalesced } from "./coalesced.ts";
import { onLive, resets } from "./live.ts";
import type { RequestError } from "./request.ts";
import { at } from "./route.ts";

export interface Resource<T> {
  /** The last answer; it stays while a new one is fetched. */
  readonly data: T | undefined;
  readonly error: RequestError | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

/** Live changes come in bursts: one fetch at once, then at most this often, in milliseconds. */
const REFETCH = 400;

/**
 * Fetches what a view shows, again when its query changes, and, if `affects` says so, when the mesh does.
 *
 * @param key of the query: a change of it drops the earlier answer's request
 * @param affects whether a live message changes the answer; without it the answer stays
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  affects?: (message: LiveMessage) => boolean,
): Resource<T> {
  const [answer, setAnswer] = useState<{ key: string; data?: T; error?: RequestError }>({ key });
  const [loading, setLoading] = useState(true);
  const [version, setVersion] = useState(0);
  /** Ends the wait for an answer that a live message asked for. */
  const onAnswer = useRef<() => void>(undefined);
  const latest = useRef({ load, affects });
  latest.current = { load, affects };
  const generation = resets.value;

  useEffect(() => {
    const ended = new AbortController();
    setLoading(true);
    const answered = onAnswer.current;
    latest.current
      .load(ended.signal)
      .then(
        (data) => {
          if (ended.signal.aborted) return;
          setAnswer({ key, data });
          setLoading(false);
        },
        (error: RequestError) => {
          if (ended.signal.aborted) return;
          setAnswer((last) => (last.data === undefined ? { key, error } : { ...last, key, error }));
          setLoading(false);
        },
      )
      .finally(answered);
    return () => ended.abort();
  }, [key, version, generation]);

  const isPast = at.value !== undefined;
  useEffect(() => {
    if (isPast) return undefined;
    const changed = coalesced(
      () =>
        new Promise<void>((resolve) => {
          onAnswer.current = resolve;
          setVersion((last) => last + 1);
        }),
      REFETCH,
    );
    const stop = onLive((message) => {
      if (latest.current.affects?.(message) === true) changed.call();
    });
    return () => {
      stop();
      changed.cancel();
    };
  }, [isPast]);

  return {
    data: answer.data,
    error: answer.error,
    loading: loading || answer.key !== key,
    reload: () => setVersion((last) => last + 1),
  };
}
