import { effect, signal } from "@preact/signals";
import type { LiveMessage } from "../../api/index.ts";
import { eventStream } from "./event-stream.ts";
import { failureOf, RequestError, urlOf } from "./request.ts";
import { mode, tenant, viewer } from "./route.ts";
import { session } from "./session.ts";
import { authorization } from "./token.ts";

export type LiveState = "connecting" | "live" | "offline" | "storage away" | "ended";

export const liveState = signal<LiveState>("connecting");
/** The log's last position that this page knows of. */
export const head = signal(0);
/** Grows when everything shown must be fetched again. */
export const resets = signal(0);
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
  effect(() => {
    if (session.value === undefined) return;
    const query = { tenant: tenant.value, as: viewer.value, mode: mode.value };
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

async function follow(query: Followed, signal: AbortSignal): Promise<void> {
  let lastId: string | undefined;
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    try {
      for await (const { id, message } of connect(query, lastId, signal)) {
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
    }
    if (signal.aborted) return;
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

function receive(message: LiveMessage): void {
  switch (message.type) {
    case "ready":
      // After an outage the page may show what has changed since.
      if (liveState.peek() === "offline" || liveState.peek() === "storage away") resets.value++;
      liveState.value = "live";
      break;
    case "connection":
      liveState.value = message.connected ? "live" : "storage away";
      if (message.connected) resets.value++;
      break;
    case "reset":
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
