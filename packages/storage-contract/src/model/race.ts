import * as fc from "fast-check";
import { type AgentContext, type ErrorCode, isSynthaError } from "@syntha/core";
import type { StorageContract } from "../contract.ts";
import { assertSame, times } from "../harness/index.ts";
import { Subject } from "./subject.ts";
import { watchRace } from "./watch-race.ts";

/** The result or error code of each concurrent call. */
async function settleAll<T>(deeds: readonly Promise<T>[]): Promise<(T | ErrorCode)[]> {
  const ends = await Promise.allSettled(deeds);
  return ends.map((end) => {
    if (end.status === "fulfilled") return end.value;
    if (isSynthaError(end.reason)) return end.reason.code;
    throw end.reason;
  });
}

/** Agents of one tenant, spread over the handles. */
function racers(subject: Subject, count: number): AgentContext[] {
  return times(count, (i) => subject.agent(0, i, `racer ${i}`));
}

const range = (count: number): number[] => times(count, (i) => i);
const several = fc.integer({ min: 2, max: 12 });

type Race = (subject: Subject, racing: number, extra: number) => Promise<void>;

/** R10: one of N writers on a revision wins; the others receive CONFLICT with the revision that won. */
const compareAndSet: Race = async (subject, racing, rounds) => {
  for (let revision = 0, round = 0; round < rounds; round++) {
    const revisions: unknown[] = [];
    const ends = await settleAll(
      racers(subject, racing).map(async (agent, i) => {
        try {
          return await agent.push("one", i, { global: true, ifRevision: revision });
        } catch (error) {
          if (isSynthaError(error, "CONFLICT")) revisions.push(error.details.revision);
          throw error;
        }
      }),
    );
    const winners = ends.filter((end) => typeof end === "object");
    assertSame("number of winners", winners.length, 1);
    const others = ends.filter((end) => end === "CONFLICT");
    assertSame("number of conflicts", others.length, racing - 1);
    revision = winners[0]?.revision as number;
    assertSame("the revision in the conflicts", [...new Set(revisions)], [revision]);
    const item = await subject.agent(0, 0, null).getItem("one");
    assertSame("the revision that stays", item?.revision, revision);
  }
};

/** `update` loses nothing under concurrent writes. */
const updates: Race = async (subject, racing, each) => {
  const add = (agent: AgentContext, name: string): Promise<unknown> =>
    agent.update<string[]>("names", (old = []) => [...old, name], { global: true });
  const names = range(racing).flatMap((i) => range(each).map((n) => `${i}/${n}`));
  const agents = racers(subject, racing);
  await Promise.all(names.map((name) => add(agents[Number.parseInt(name)] as AgentContext, name)));
  const kept = (await subject.agent(0, 1, null).get<string[]>("names")) ?? [];
  assertSame("the added names", [...kept].sort(), [...names].sort());
};

/** R13: each item is granted to one holder and completed once. */
const claims: Race = async (subject, racing, items) => {
  const system = subject.agent(0, 0, null);
  await system.pushMany(range(items).map((i) => ({ key: `job ${i}`, value: i, topics: ["jobs"] })));
  const agents = racers(subject, racing);
  await Promise.all(agents.map((agent) => agent.subscribe(["jobs"])));
  const tries = agents.flatMap((agent) => [
    agent.claim({ topic: "jobs" }),
    agent.claim({ key: "job 0" }),
    agent.claim({ topic: "jobs" }),
  ]);
  const leases = (await Promise.all(tries)).filter((lease) => lease !== undefined);
  const keys = leases.map(({ key }) => key);
  assertSame("number of claimed items", new Set(keys).size, keys.length);
  assertSame("number of granted claims", keys.length, Math.min(items, keys.length));
  if (racing * 2 >= items) assertSame("number of items left", keys.length, items);
  const tokens = leases.map(({ token }) => token);
  assertSame("number of tokens", new Set(tokens).size, tokens.length);
  const twice = leases.flatMap((lease) => [lease.complete("done"), lease.complete("again")]);
  const ends = await settleAll(twice);
  const stale = ends.filter((end) => end === "STALE_TOKEN");
  assertSame("number of stale completions", stale.length, leases.length);
};

/** R11, R16: a rejected call does not affect concurrent ones and takes no position in the log. */
const rejections: Race = async (subject, racing, each) => {
  const system = subject.agent(0, 0, null);
  await system.push("secret", 1, { subscribers: ["Bea"] });
  const before = (await subject.mesh(0, 0).stats()).revision;
  const pushes = racers(subject, racing).flatMap((agent, i) =>
    range(each).flatMap((n) => [
      agent.push(`${i}/${n}`, n, { global: true }),
      agent.push("secret", n),
      agent.pushMany([
        { key: `${i}/${n}/batch`, value: n, global: true },
        { key: "secret", value: n },
      ]),
      agent.push(`${i}/${n}/no route`, n),
    ]),
  );
  const codes = (await settleAll<unknown>(pushes)).map((end) =>
    typeof end === "string" ? end : "written",
  );
  const expected = ["written", "KEY_TAKEN", "KEY_TAKEN", "ROUTE_REQUIRED"];
  assertSame(
    "how each call ended",
    codes,
    range(racing * each).flatMap(() => expected),
  );
  const written = racing * each;
  assertSame("the log's end", (await subject.mesh(0, 1).stats()).revision, before + written);
  const items = await system.list({ limit: 1_000 });
  const revisions = items.items.map(({ revision }) => revision).sort((a, b) => a - b);
  assertSame(
    "the revisions",
    revisions,
    range(written + 1).map((i) => before + i),
  );
};

/** Calls of one agent take effect in the order they were made, without awaiting each. */
const order: Race = async (subject, _, writes) => {
  const agent = subject.agent(0, 0, "racer 0");
  const pushed = await Promise.all(
    range(writes).map((i) => agent.push("latest", i, { global: true })),
  );
  const revisions = pushed.map(({ revision }) => revision);
  assertSame(
    "the order of the revisions",
    revisions,
    [...revisions].sort((a, b) => a - b),
  );
  assertSame("the value that stays", await agent.get("latest"), writes - 1);
};

/** Concurrent publications under one id create one event. */
const publications: Race = async (subject, racing, ids) => {
  const published = await Promise.all(
    racers(subject, racing).flatMap((agent, i) =>
      range(ids).map((id) => agent.publish("made", i, { global: true, id: `event ${id}` })),
    ),
  );
  const { events } = await subject.agent(0, 1, null).events({ limit: 1_000 });
  assertSame("number of events", events.length, ids);
  assertSame("number of created events", published.filter(({ created }) => created).length, ids);
};

const RACES = { compareAndSet, updates, claims, rejections, order, publications, watchRace };

/** Runs a race with random numbers of callers, each time on a new storage. */
export const raceProperty = (
  contract: StorageContract,
  name: keyof typeof RACES,
): fc.IAsyncProperty<[number, number]> =>
  fc.asyncProperty(several, several, async (racing, extra) => {
    const subject = await Subject.open(contract);
    try {
      await RACES[name](subject, racing, extra);
    } finally {
      await subject.close();
    }
  });
