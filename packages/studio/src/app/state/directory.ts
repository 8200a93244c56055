import { computed, effect, signal } from "@preact/signals";
import type {
  AgentDetail,
  LiveMessage,
  Overview,
  TopicSummary,
  Visibility,
} from "../../api/index.ts";
import { coalesced } from "./coalesced.ts";
import { head, onLive, resets, streamStart } from "./live.ts";
import { read, type RequestError } from "./request.ts";
import { at, tenant, viewer } from "./route.ts";
import { session } from "./session.ts";

/** What every page needs of the mesh: its agents, its topics, its figures and its problems. */
export const agents = signal<readonly AgentDetail[] | undefined>(undefined);
export const topics = signal<readonly TopicSummary[] | undefined>(undefined);
export const overview = signal<Overview | undefined>(undefined);
/** How much the chosen agent sees; undefined for the system. */
export const visibility = signal<Visibility | undefined>(undefined);

/** Why the last of these requests failed. */
export const directoryError = signal<RequestError | undefined>(undefined);

export const withoutSubscribers = computed(
  () => new Set((topics.value ?? []).filter(hasNoSubscribers).map(({ name }) => name)),
);
export const unknownNames = computed(
  () => new Set((overview.value?.problems.unknownRecipients ?? []).map(({ name }) => name)),
);

export function hasNoSubscribers({ items, subscribers }: TopicSummary): boolean {
  return subscribers === 0 && items > 0;
}

export function agentNamed(name: string): AgentDetail | undefined {
  return agents.value?.find((agent) => agent.name === name);
}

const PAGE = 500;
/** Agents, and topics, that are loaded: the first by name. */
export const MOST_LISTED = 2_000;
const REFETCH = 1000;

/** Keeps them up to date for as long as the page is open. */
export function followDirectory(): void {
  follow(
    () => ({ tenant: tenant.value, at: at.value }),
    (query, signal) =>
      pages(async (page) => {
        const answer = await read("api/agents", { ...query, limit: PAGE, page }, signal);
        return { rows: answer.agents, nextPage: answer.nextPage };
      }),
    (answer) => (agents.value = answer),
    ({ type }) => type === "head" || type === "visibility" || type === "put",
  );
  follow(
    () => ({ tenant: tenant.value, at: at.value }),
    (query, signal) =>
      pages(async (page) => {
        const answer = await read("api/topics", { ...query, limit: PAGE, page }, signal);
        return { rows: answer.topics, nextPage: answer.nextPage };
      }),
    (answer) => (topics.value = answer),
    ({ type }) => type !== "event",
  );
  follow(
    () => ({ tenant: tenant.value, at: at.value }),
    (query, signal) => read("api/overview", query, signal),
    (answer) => {
      overview.value = answer;
      if (answer === undefined || at.peek() !== undefined) return;
      if (answer.head > head.peek()) head.value = answer.head;
      // What was read at the same time lacks what was committed before the stream began.
      if (answer.head < streamStart.peek()) resets.value++;
    },
    () => true,
  );
  follow(
    () => ({ tenant: tenant.value, at: at.value, as: viewer.value }),
    async ({ as, ...query }, signal) =>
      as === undefined ? undefined : read("api/visibility", { ...query, as }, signal),
    (answer) => (visibility.value = answer),
    ({ type }) => type !== "event",
  );
}

/** The rows of the first pages. */
async function pages<T>(
  load: (page: string | undefined) => Promise<{
    readonly rows: readonly T[];
    readonly nextPage?: string | undefined;
  }>,
): Promise<readonly T[]> {
  const rows: T[] = [];
  let page: string | undefined;
  do {
    const loaded = await load(page);
    rows.push(...loaded.rows);
    page = loaded.nextPage;
  } while (page !== undefined && rows.length < MOST_LISTED);
  return rows;
}

function follow<Q, A>(
  query: () => Q,
  fetch: (query: Q, signal: AbortSignal) => Promise<A>,
  keep: (answer: A | undefined) => void,
  affects: (message: LiveMessage) => boolean,
): void {
  let request: AbortController | undefined;
  let [shown, generation] = ["", -1];
  const load = async (asked: Q): Promise<void> => {
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    try {
      const answer = await fetch(asked, signal);
      if (!signal.aborted) keep(answer);
      directoryError.value = undefined;
    } catch (error) {
      // The earlier answer stays.
      if (!signal.aborted) directoryError.value = error as RequestError;
    }
  };
  const refetch = coalesced(() => load(query()), REFETCH);
  effect(() => {
    if (session.value === undefined) return;
    const asked = query();
    const key = JSON.stringify(asked);
    if (key === shown && resets.value === generation) return;
    // The answer for another tenant or agent must not be shown for this one.
    if (shown !== "" && key !== shown) keep(undefined);
    [shown, generation] = [key, resets.value];
    void load(asked);
  });
  onLive((message) => {
    const isOwn = message.type !== "ready" && message.type !== "lagged";
    if (isOwn && at.peek() === undefined && affects(message)) refetch.call();
  });
}
