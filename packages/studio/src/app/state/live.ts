import { effect, signal } from "@preact/signals";
import type { LiveMessage } from "../../api/index.ts";
import { eventStream } from "./event-stream.ts";
import { failureOf, RequestError, urlOf } from "./request.ts";
import { mode, tenant, viewer } from "./route.ts";
import { session } from "./session.ts";
import { authorization } from "./token.ts";
import { untilHidden, untilVisible } from "./visibility.ts";

export type LiveState = "connecting" | "live" | "offline" | "storage away" | "ended";

export const liveState = signal<LiveState>("connecting");
/** The log's last position that this page knows of. */
export const head = signal(0);
/** Grows when everything shown must be fetched again. */
export const resets = signal(0);
/** The position at which the stream of this view began: what was read before may lack commits up to it. */
export const streamStart = signal(0);
export const liveFailure = signal<RequestError | undefined>(undefined);

type Listener = (message: LiveMessage) => void;
const listeners = new Set<Listener>();

/** @returns what ends it */
export function onLive(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** Follows the mesh that the address names, for as long as the page is open. */
export function followLive(): void {
  let followed: string | undefined;
  effect(() => {
    if (session.value === undefined) return;
    const query = { tenant: tenant.value, as: viewer.value, mode: mode.value };
    // Positions are those of one tenant.
    if (followed !== query.tenant) head.value = 0;
    followed = query.tenant;
    const ended = new AbortController();
    void follow(query, ended.signal);
    return () => ended.abort();
  });
}

interface Followed {
  readonly tenant: string | undefined;
  readonly as: string | undefined;
  readonly mode: string;
}

/**
 * Connects again and again. A browser has six connections to a server, for all its tabs: one in the background gives its
 * own back, and catches up when it is seen again.
 */
async function follow(query: Followed, signal: AbortSignal): Promise<void> {
  let lastId: string | undefined;
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    await untilVisible(signal);
    const connection = new AbortController();
    const ended = AbortSignal.any([signal, connection.signal]);
    void untilHidden(ended).then(() => connection.abort());
    const known = head.peek();
    try {
      for await (const { id, message } of connect(query, lastId, ended)) {
        if (message.type === "ready")
          begin(message.position, lastId === undefined ? head.peek() : known);
        if (id !== undefined && id !== "") lastId = id;
        pause = FIRST_PAUSE;
        receive(message);
        if (message.type === "failed") return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof RequestError && error.code === "UNAUTHORIZED") {
        liveFailure.value = error;
        liveState.value = "ended";
        return;
      }
    } finally {
      connection.abort();
    }
    if (signal.aborted) return;
    if (document.visibilityState === "hidden") continue;
    liveState.value = "offline";
    await delay(pause, signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

async function* connect(
  query: Followed,
  lastId: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<{ id: string | undefined; message: LiveMessage }> {
  const response = await fetch(urlOf("api/live", query), {
    headers: { ...authorization(), ...(lastId === undefined ? {} : { "last-event-id": lastId }) },
    signal,
    cache: "no-store",
    referrerPolicy: "no-referrer",
  });
  if (!response.ok || response.body === null) throw new RequestError(await failureOf(response));
  for await (const { id, data } of eventStream(response.body))
    yield { id, message: JSON.parse(data) as LiveMessage };
}

/** @param known the last position that is in what the page shows; 0 if it shows nothing yet */
function begin(position: number, known: number): void {
  const isNews = known !== 0 && position !== known;
  // After an outage the page may also show errors.
  if (isNews || liveState.peek() === "offline" || liveState.peek() === "storage away")
    resets.value++;
  streamStart.value = position;
}

function receive(message: LiveMessage): void {
  switch (message.type) {
    case "ready":
      liveState.value = "live";
      break;
    case "connection":
      liveState.value = message.connected ? "live" : "storage away";
      if (message.connected) resets.value++;
      break;
    case "reset":
      // It may be another history, with other positions.
      head.value = 0;
      resets.value++;
      break;
    case "failed":
      liveState.value = "ended";
      liveFailure.value = new RequestError(message);
      break;
    default:
      break;
  }
  if ("position" in message && message.position > head.peek()) head.value = message.position;
  for (const listener of listeners) listener(message);
}

function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
