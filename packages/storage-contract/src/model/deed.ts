import type { JsonValue, Push, Pushed, PushOptions, Storage, Untyped } from "@syntha/core";
import { answer, modelAnswer } from "./answer.ts";
import { commit, type Draft } from "./draft.ts";
import { clear, deleteTopic, permit, publish, subscribe, sweep, unsubscribe } from "./gathering.ts";
import { claim, complete, extend, type Held, release } from "./holding.ts";
import { itemAndState, modelItemAndState } from "./item-text.ts";
import type { PlannedEvent, Step } from "./plan.ts";
import { retain } from "./retaining.ts";
import { timeOf } from "./sight.ts";
import { emptyTenant, type ModelTenant, type Who } from "./state.ts";
import { same } from "./same.ts";
import type { Subject } from "./subject.ts";
import { append, deletion, type ModelPush, push, pushMany } from "./writing.ts";

/** A lease that was granted, live or not. */
interface Granted {
  key: string;
  token: string;
  /** The model's, of the tenant's life in which it was granted. */
  position: number;
  life: number;
  holder: Who;
}

/** One tenant on both sides. */
export interface Pair {
  model: ModelTenant;
  /** How often it was dropped. */
  life: number;
  granted: Granted[];
}

export const newPair = (): Pair => ({ model: emptyTenant(), life: 0, granted: [] });

/** What both sides answered to one step. */
interface Answers {
  expected: string;
  actual: string;
}

type Of<D extends Step["do"]> = Extract<Step, { do: D }>;
/** Steps that a mesh is asked to take, as opposed to those that happen to it. */
export type Deed = Exclude<
  Step,
  { do: "move" } | { do: "reopen" } | { do: "copy" } | { do: "watch" } | { do: "resume" }
>;

/** Takes one step on both sides, and compares what they answer. */
export async function take(subject: Subject, pair: Pair, step: Deed): Promise<void> {
  const { expected, actual } = await ask(subject, pair, step);
  same(`the answer to ${JSON.stringify(step)}`, actual, expected);
}

async function ask(subject: Subject, pair: Pair, step: Deed): Promise<Answers> {
  const { model } = pair;
  const clock = subject.clock();
  const agent = subject.agent(step.tenant, step.handle, "by" in step ? step.by : null);
  const mesh = subject.mesh(step.tenant, step.handle);
  const by = "by" in step ? step.by : null;
  const both = async (
    expected: (draft: Draft) => unknown,
    actual: () => Promise<unknown>,
  ): Promise<Answers> => ({
    expected: modelAnswer(() => commit(model, clock, by, expected)),
    actual: await answer(actual),
  });
  switch (step.do) {
    case "push": {
      const request = toModelPush(pair, step);
      return both(
        (draft) => push(draft, request, 0),
        async () => pushedText(await agent.push(step.key, step.value, toOptions(request))),
      );
    }
    case "pushMany": {
      const requests = step.pushes.map((planned) => toModelPush(pair, planned));
      const pushes = step.pushes.map(({ key, value }, i): Push<Untyped> => ({
        key,
        value,
        ...toOptions(requests[i] as ModelPush),
      }));
      return both(
        (draft) => pushMany(draft, requests),
        async () => (await agent.pushMany(pushes)).map(pushedText),
      );
    }
    case "update": {
      const element = model.head;
      const add = (old: unknown): JsonValue => [...(Array.isArray(old) ? old : []), element];
      return both(
        (draft) => append(draft, step.key, element, step.route),
        async () => pushedText(await agent.update(step.key, add, step.route)),
      );
    }
    case "delete": {
      const ifRevision = revisionFor(pair, step);
      return both(
        (draft) => deletion(draft, step.key, ifRevision),
        () => agent.delete(step.key, { ifRevision }),
      );
    }
    case "subscribe":
      return both(
        (draft) => subscribe(draft, step.topics),
        () => agent.subscribe(step.topics),
      );
    case "unsubscribe":
      return both(
        (draft) => unsubscribe(draft, step.topics),
        () => agent.unsubscribe(step.topics),
      );
    case "setPermissions":
      return both(
        (draft) => permit(draft, step.agent, step.allowed),
        async () => (await mesh.setPermissions(step.agent, step.allowed)).unsubscribed,
      );
    case "deleteTopic":
      return both(
        (draft) => deleteTopic(draft, step.topic),
        () => mesh.deleteTopic(step.topic),
      );
    case "clear":
      return both(clear, () => mesh.clear());
    case "sweep":
      return both(sweep, () => mesh.sweep());
    case "publish":
      return both(
        (draft) => publish(draft, toModelEvent(step)),
        () => agent.publish(step.type, step.data, { ...step.route, id: step.id }),
      );
    case "claim":
      return claiming(subject, pair, step);
    case "extend": {
      const [held, handle] = grasp(subject, pair, step);
      return {
        expected: modelAnswer(() =>
          commit(model, clock, held.who, (draft) => extend(draft, held, step.lease)),
        ),
        actual: await answer(async () => (await handle.extend(step.lease)).expiresAt.getTime()),
      };
    }
    case "complete": {
      const [held, handle] = grasp(subject, pair, step);
      const { route, ttl } = step;
      const result = step.result === undefined ? undefined : JSON.stringify(step.result);
      const completion = { result, route, ttl, events: step.events.map(toModelEvent) };
      const events = step.events.map(({ route: address, ...event }) => ({ ...address, ...event }));
      return {
        expected: modelAnswer(() =>
          commit(model, clock, held.who, (draft) => complete(draft, held, completion)),
        ),
        actual: await answer(() =>
          handle.complete(step.result, { ...route, ...(ttl !== undefined && { ttl }), events }),
        ),
      };
    }
    case "release": {
      const [held, handle] = grasp(subject, pair, step);
      const { retryIn, countAttempt, maxAttempts } = step;
      return {
        expected: modelAnswer(() =>
          commit(model, clock, held.who, (draft) => release(draft, held, step)),
        ),
        actual: await answer(async () => {
          const limit = maxAttempts === undefined ? {} : { maxAttempts };
          return (await handle.release({ retryIn, countAttempt, ...limit })).failed;
        }),
      };
    }
    case "compact":
      return compaction(subject, pair, step);
    case "drop": {
      const expected = JSON.stringify({ gave: { existed: model.head > 0 } });
      const tenant = mesh.tenantId;
      const storage = subject.storage(step.handle);
      const actual = await answer(() => storage.maintain({ type: "drop", tenant }));
      if (model.head > 0) Object.assign(pair, { model: emptyTenant(), life: pair.life + 1 });
      return { expected, actual };
    }
  }
}

const pushedText = ({
  key,
  revision,
  created,
  topicsWithoutSubscribers,
  expiresAt,
}: Pushed): object => ({
  key,
  revision,
  created,
  topicsWithoutSubscribers,
  expiresAt: expiresAt?.getTime() ?? null,
});

function toModelPush(
  pair: Pair,
  planned: Of<"push"> | Of<"pushMany">["pushes"][number],
): ModelPush {
  const { key, value, route, ttl } = planned;
  return { key, value: JSON.stringify(value), route, ttl, ifRevision: revisionFor(pair, planned) };
}

const toOptions = ({ route, ttl, ifRevision }: ModelPush): PushOptions => ({
  ...route,
  ttl,
  ifRevision,
});

const toModelEvent = ({ id, type, data, route }: PlannedEvent): Parameters<typeof publish>[1] => ({
  id,
  type,
  data: JSON.stringify(data),
  route,
});

function revisionFor(
  { model }: Pair,
  { key, ifRevision }: { key: string; ifRevision: Of<"push">["ifRevision"] },
): number | undefined {
  const revision = model.items.find((item) => item.key === key)?.revision ?? 0;
  return { none: undefined, absent: 0, current: revision, other: revision + 7 }[ifRevision];
}

async function claiming(subject: Subject, pair: Pair, step: Of<"claim">): Promise<Answers> {
  const { model, life, granted } = pair;
  const { by, from, maxAttempts } = step;
  const agent = subject.agent(step.tenant, step.handle, by);
  const request = { from, leaseMs: step.lease, maxAttempts };
  const now = timeOf(model, subject.clock());
  const expected = modelAnswer(() => {
    const item = commit(model, subject.clock(), by, (draft) => claim(draft, request));
    return item && [modelItemAndState(item, now), item.attempts, item.lease?.until];
  });
  const actual = await answer(async () => {
    const limit = maxAttempts === undefined ? {} : { maxAttempts };
    const lease = await agent.claim(from, { lease: step.lease, ...limit });
    if (lease === undefined) return null;
    const { key, token } = lease;
    const earlier = granted.filter((each) => each.life === life);
    for (const each of earlier) same("whether the token grows", token > each.token, true);
    granted.push({ key, token, position: model.head, life, holder: by });
    return [itemAndState(lease.item), lease.attempt, lease.expiresAt.getTime()];
  });
  return { expected, actual };
}

/** A token that was granted once, in the hands of its holder or of somebody else. */
function grasp(
  subject: Subject,
  { granted, life }: Pair,
  step: Of<"extend"> | Of<"complete"> | Of<"release">,
): [Held & { who: Who }, ReturnType<ReturnType<Subject["agent"]>["lease"]>] {
  const recent = granted.toReversed();
  const grant = recent[step.token % Math.max(1, recent.length)];
  const who = step.thief === undefined ? (grant?.holder ?? null) : step.thief;
  const token = grant?.life === life ? grant.position : "foreign";
  const key = grant?.key ?? "a";
  const agent = subject.agent(step.tenant, step.handle, who);
  return [{ key, token, who }, agent.lease(key, grant?.token ?? "11-another-1")];
}

async function compaction(subject: Subject, pair: Pair, step: Of<"compact">): Promise<Answers> {
  const { model } = pair;
  const { log, history, events, limit } = step;
  const expected = retain(model, { log, history, events }, subject.clock());
  const mesh = subject.mesh(step.tenant, step.handle);
  const actual = await answer(() => {
    if (limit !== undefined) return inSteps(subject.storage(step.handle), mesh.tenantId, step);
    return mesh.compact({
      log: log ? { ...log } : false,
      history: history ? { ...history } : false,
      events: events ? { count: events.commits, age: events.age } : false,
    });
  });
  return { expected: JSON.stringify({ gave: expected }), actual };
}

async function inSteps(
  storage: Storage,
  tenant: string,
  { log, history, events, limit = 1 }: Of<"compact">,
): Promise<{ floor: number; removed: number }> {
  const task = {
    type: "compact",
    tenant,
    log: log && { commits: log.commits, ms: log.age },
    history: history && { commits: history.commits, ms: history.age },
    events: events && { count: events.commits, ms: events.age },
    limit,
  } as const;
  for (let removed = 0; ;) {
    const step = await storage.maintain(task);
    removed += step.removed;
    if (!step.more) return { floor: step.floor, removed };
  }
}
