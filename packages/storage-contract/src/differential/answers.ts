import type { Storage } from "@syntha/core";
import type { Actor, ItemPage, ItemQuery, LogPosition, StorageSupport } from "@syntha/core/storage";
import { readPages, storedUsage } from "../harness/index.ts";
import { AGENTS, KEYS, TENANTS, TOPICS } from "./step.ts";

const READERS: readonly Actor[] = [null, ...AGENTS, "Nobody"];

/** What a storage answered to a call, or the error that it rejected with; without random values. */
export interface Answer {
  /** The call as text, such as `get("acme", "Ann", ["k"])`. */
  readonly call: string;
  readonly answer: unknown;
}

/**
 * Returns a storage's answers to all queries about the tenants of random steps, without random values: an array with an
 * element for each call.
 */
export async function readEverything(
  storage: Storage,
  supports: StorageSupport = storage.supports,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const recorded = recordCalls(storage, answers);
  await recorded.listTenants({ limit: 1 });
  await recorded.listTenants({ after: TENANTS[0], limit: 5 });
  for (const tenant of TENANTS) {
    await recorded.stats(tenant);
    const usage = await storedUsage(storage, tenant, AGENTS);
    answers.push({ call: `usage and usageOf of the facts of "${tenant}"`, answer: usage });
    await readTopics(recorded, tenant);
    await readAgents(recorded, tenant, supports);
    await readLog(recorded, tenant);
    for (const reader of READERS) {
      await recorded.get(tenant, reader, KEYS);
      for (const key of KEYS) await recorded.get(tenant, reader, [key]);
      await readItems(recorded, tenant, reader);
      await readEvents(recorded, tenant, reader);
    }
  }
  return answers;
}

/** Reads what follows a log position that was returned earlier. */
export async function readAfter(
  storage: Storage,
  tenant: string,
  after: LogPosition,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const recorded = recordCalls(storage, answers);
  await recorded.log(tenant, { after, limit: 2 }).catch(ignore);
  await recorded.log(tenant, { after, key: "k", limit: 2 }).catch(ignore);
  await recorded.events(tenant, { actor: null, after, limit: 2 }).catch(ignore);
  return answers;
}

/** The storage, with each call added to the answers. */
function recordCalls(storage: Storage, answers: Answer[]): Storage {
  return new Proxy(storage, {
    get(_, method: keyof Storage) {
      return async (...args: unknown[]): Promise<unknown> => {
        const texts = args.map((arg) => JSON.stringify(arg, replaceRandomValue));
        const record = (answer: unknown): void => {
          const call = `${method}(${texts.join(", ")})`;
          answers.push({ call, answer: withoutRandomValues(used(answer, args[1])) });
        };
        try {
          const answer: unknown = await Reflect.apply(storage[method] as never, storage, args);
          record(answer);
          return answer;
        } catch (error) {
          record(errorFields(error));
          throw error;
        }
      };
    },
  });
}

/** What the caller uses of an answer: a storage may return more of each item than the query selects. */
function used(answer: unknown, query: unknown): unknown {
  const { select } = (query ?? {}) as Partial<ItemQuery>;
  if (select === undefined) return answer;
  const page = answer as ItemPage;
  const items = page.items.map((item) => {
    if (select === "keys") return item.key;
    return select === "topics" ? [item.key, item.topics] : { ...item, value: "" };
  });
  return { ...page, items };
}

const ignore = (): undefined => undefined;

/** Reads all pages. */
async function turnPages(
  read: (after: string | undefined) => Promise<{ readonly next: string | null }>,
): Promise<void> {
  await readPages(read, ({ next }) => next);
}

async function readItems(storage: Storage, tenant: string, actor: Actor): Promise<void> {
  const queries: Omit<ItemQuery, "actor" | "limit">[] = [
    {},
    { prefix: "k" },
    { prefix: "k\u{1F600}" },
    { topics: ["a"] },
    { topics: ["b", "\u{1F600}"], prefix: "k" },
    { subscribers: ["Bob"] },
    { subscribers: ["Ann", "Bob"], topics: ["a"] },
    { author: "Bob" },
    { state: "claimed" },
    { state: "done" },
    { updatedAfter: 1_000_040 },
  ];
  for (const query of queries)
    for (const limit of [1, 3, 100])
      await turnPages((after) => storage.list(tenant, { ...query, actor, after, limit }));
  await storage.list(tenant, { actor, limit: 10, select: "headers" });
  for (const topics of [undefined, ["a"]])
    await storage.list(tenant, { actor, topics, limit: 4, select: "topics" });
  for (const prefix of [undefined, "k"])
    await turnPages((after) =>
      storage.list(tenant, { actor, prefix, after, limit: 4, select: "keys" }),
    );
}

async function readEvents(storage: Storage, tenant: string, actor: Actor): Promise<void> {
  for (const types of [undefined, ["made"], ["sent", "made", "none"]])
    for (const limit of [1, 2, 100])
      await readPages(
        (after: LogPosition | undefined) =>
          storage.events(tenant, { actor, types, after, limit }).catch(ignore),
        (page) => (page?.events.length === limit ? page.end : undefined),
      );
}

async function readTopics(storage: Storage, tenant: string): Promise<void> {
  await storage.topics(tenant, { names: [...TOPICS, "none", "a"] });
  for (const prefix of [undefined, "a", "\u{1F600}"])
    await turnPages((after) => storage.topics(tenant, { prefix, after, limit: 2 }));
}

async function readAgents(
  storage: Storage,
  tenant: string,
  { pastSubscriptions }: StorageSupport,
): Promise<void> {
  for (const prefix of [undefined, "B", "\u{1F600}"])
    await turnPages((after) => storage.agents(tenant, { prefix, after, limit: 2 }));
  const { head, floor } = await storage.stats(tenant);
  for (const name of AGENTS) {
    await storage.agents(tenant, { name });
    for (let at = floor; pastSubscriptions && at <= head; at++)
      await storage.agents(tenant, { name, at });
  }
  for (const topic of TOPICS) {
    await storage.agents(tenant, { topic, limit: 2 });
    await storage.agents(tenant, { topic, after: "Bob", limit: 2 });
  }
}

async function readLog(storage: Storage, tenant: string): Promise<void> {
  await storage.log(tenant, { after: "end", limit: 5 });
  for (const key of [undefined, ...KEYS])
    for (const limit of [1, 3, 1_000])
      await readPages(
        (after: LogPosition | "start" = "start") => storage.log(tenant, { after, key, limit }),
        ({ isHead, end }) => (isHead ? undefined : end),
      );
  const { end, epoch, head, floor } = await storage.log(tenant, { after: "end", limit: 1 });
  for (const key of [undefined, KEYS[0]])
    for (const after of [0, floor - 1, floor, floor + 1, head - 1, head, head + 1])
      if (after >= 0) await storage.log(tenant, { after, key, limit: 3 }).catch(ignore);
  const wrong: LogPosition[] = [
    { epoch: "", position: 0, done: "all", commitId: 0 },
    { epoch, position: 0, done: "all", commitId: 0 },
    { epoch, position: 1, done: 1, commitId: 1 },
    { ...end, done: 0 },
    { ...end, position: head + 1 },
    { ...end, commitId: end.commitId + 1 },
    { ...end, epoch: "other" },
  ];
  for (const after of wrong) {
    await storage.log(tenant, { after, limit: 2 }).catch(ignore);
    await storage.events(tenant, { actor: "Ann", after, limit: 2 }).catch(ignore);
  }
}

export function errorFields(
  error: unknown,
): Record<"code" | "message" | "hint" | "details", unknown> {
  const { code, message, hint, details } = error as Error & Record<string, unknown>;
  return { code, message, hint, details };
}

/** A copy without random values: epochs, commit ids and lease ids. */
export function withoutRandomValues(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer, (name, value: unknown) =>
      value === undefined ? "undefined" : replaceRandomValue(name, value),
    ),
  );
}

function replaceRandomValue(name: string, value: unknown): unknown {
  if (name === "epoch") return value === "" ? "" : "epoch";
  if (name === "commitId" || name === "leaseId" || name === "fingerprint")
    return value === 0 ? 0 : name;
  return value;
}
