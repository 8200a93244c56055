import type { Storage } from "@syntha/core";
import type { Actor, ItemQuery, LogPosition, StorageSupport } from "@syntha/core/storage";
import { readPages, storedUsage } from "../harness/index.ts";
import { AGENTS, KEYS, TENANTS, TOPICS } from "./step.ts";

const READERS: readonly Actor[] = [null, ...AGENTS, "Nobody"];

/** Returns a storage's answers to all queries about the tenants of random steps, without random values. */
export async function readEverything(
  storage: Storage,
  supports: StorageSupport = storage.supports,
): Promise<unknown> {
  const answers: unknown[] = [await storage.listTenants({ limit: 1 })];
  answers.push(await storage.listTenants({ after: TENANTS[0], limit: 5 }));
  for (const tenant of TENANTS) {
    answers.push(await storage.stats(tenant));
    answers.push(await storedUsage(storage, tenant, AGENTS));
    answers.push(...(await topicAnswers(storage, tenant)));
    answers.push(...(await agentAnswers(storage, tenant, supports)));
    answers.push(...(await logAnswers(storage, tenant)));
    for (const reader of READERS) {
      answers.push(await storage.get(tenant, reader, KEYS));
      for (const key of KEYS) answers.push(await storage.get(tenant, reader, [key]));
      answers.push(...(await listAnswers(storage, tenant, reader)));
      answers.push(...(await eventAnswers(storage, tenant, reader)));
    }
  }
  return withoutRandomValues(answers);
}

function allPages<P extends { readonly next: string | null }>(
  read: (after: string | undefined) => Promise<P>,
): Promise<P[]> {
  return readPages(read, ({ next }) => next);
}

async function listAnswers(storage: Storage, tenant: string, actor: Actor): Promise<unknown[]> {
  const queries: Omit<ItemQuery, "actor" | "limit">[] = [
    {},
    { prefix: "k" },
    { prefix: "k\u{1F600}" },
    { topics: ["a"] },
    { topics: ["b", "\u{1F600}"], prefix: "k" },
    { author: "Bob" },
    { state: "claimed" },
    { state: "done" },
    { updatedAfter: 1_000_040 },
  ];
  const answers: unknown[] = [];
  for (const query of queries) {
    for (const limit of [1, 3, 100]) {
      answers.push(
        ...(await allPages((after) => storage.list(tenant, { ...query, actor, after, limit }))),
      );
    }
  }
  const headers = await storage.list(tenant, { actor, limit: 10, select: "headers" });
  answers.push({ ...headers, items: headers.items.map((item) => ({ ...item, value: "" })) });
  for (const topics of [undefined, ["a"]]) {
    const keys = await storage.list(tenant, { actor, topics, limit: 4, select: "keys" });
    answers.push({ ...keys, items: keys.items.map((item) => [item.key, item.topics]) });
  }
  return answers;
}

async function eventAnswers(storage: Storage, tenant: string, actor: Actor): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const types of [undefined, ["made"], ["sent", "made", "none"]]) {
    for (const limit of [1, 2, 100]) {
      const pages = await readPages(
        (after: LogPosition | undefined) =>
          storage.events(tenant, { actor, types, after, limit }).catch(errorFields),
        (page) => ("events" in page && page.events.length === limit ? page.end : undefined),
      );
      answers.push(...pages);
    }
  }
  return answers;
}

async function topicAnswers(storage: Storage, tenant: string): Promise<unknown[]> {
  const answers: unknown[] = [await storage.topics(tenant, { names: [...TOPICS, "none", "a"] })];
  for (const prefix of [undefined, "a", "\u{1F600}"]) {
    answers.push(
      ...(await allPages((after) => storage.topics(tenant, { prefix, after, limit: 2 }))),
    );
  }
  return answers;
}

async function agentAnswers(
  storage: Storage,
  tenant: string,
  { pastSubscriptions }: StorageSupport,
): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const prefix of [undefined, "B", "\u{1F600}"]) {
    answers.push(
      ...(await allPages((after) => storage.agents(tenant, { prefix, after, limit: 2 }))),
    );
  }
  const { head, floor } = await storage.stats(tenant);
  for (const name of AGENTS) {
    answers.push(await storage.agents(tenant, { name }));
    for (let at = floor; pastSubscriptions && at <= head; at++)
      answers.push(await storage.agents(tenant, { name, at }));
  }
  for (const topic of TOPICS) {
    answers.push(await storage.agents(tenant, { topic, limit: 2 }));
    answers.push(await storage.agents(tenant, { topic, after: "Bob", limit: 2 }));
  }
  return answers;
}

async function logAnswers(storage: Storage, tenant: string): Promise<unknown[]> {
  const answers: unknown[] = [await storage.log(tenant, { after: "end", limit: 5 })];
  for (const key of [undefined, ...KEYS]) {
    for (const limit of [1, 3, 1_000]) {
      const pages = await readPages(
        (after: LogPosition | "start" = "start") => storage.log(tenant, { after, key, limit }),
        ({ isHead, end }) => (isHead ? undefined : end),
      );
      answers.push(...pages);
    }
  }
  const { end, epoch, head, floor } = await storage.log(tenant, { after: "end", limit: 1 });
  for (const key of [undefined, KEYS[0]])
    for (const after of [0, floor - 1, floor, floor + 1, head - 1, head, head + 1])
      if (after >= 0)
        answers.push(await storage.log(tenant, { after, key, limit: 3 }).catch(errorFields));
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
    answers.push(await storage.log(tenant, { after, limit: 2 }).catch(errorFields));
    answers.push(
      await storage.events(tenant, { actor: "Ann", after, limit: 2 }).catch(errorFields),
    );
  }
  return answers;
}

/** What follows a log position that was returned earlier. */
export async function positionAnswers(
  storage: Storage,
  tenant: string,
  after: LogPosition,
): Promise<unknown[]> {
  return Promise.all([
    storage.log(tenant, { after, limit: 2 }).catch(errorFields),
    storage.log(tenant, { after, key: "k", limit: 2 }).catch(errorFields),
    storage.events(tenant, { actor: null, after, limit: 2 }).catch(errorFields),
  ]);
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
    JSON.stringify(answer, (name, value: unknown) => {
      if (name === "epoch") return value === "" ? "" : "epoch";
      if (name === "commitId" || name === "leaseId" || name === "fingerprint")
        return value === 0 ? 0 : name;
      return value === undefined ? "undefined" : value;
    }),
  );
}
