import type { FullStorage } from "@syntha/core/storage";
import type {
  Completed,
  CompleteOptions,
  JsonValue,
  Push,
  Pushed,
  PushOptions,
  RouteReport,
  Untyped,
} from "@syntha/core";
import { outcomeOf, modelOutcome } from "./outcome.ts";
import { commit, type Draft } from "./draft.ts";
import {
  clear,
  deleteTopic,
  setPermissions,
  publish,
  subscribe,
  sweep,
  unsubscribe,
} from "./subscription.ts";
import {
  claim,
  complete,
  endLease,
  extend,
  handOff,
  type LeaseToken,
  type ModelCompletion,
  release,
  retry,
} from "./lease.ts";
import { itemAndState, modelItemAndState } from "./item-text.ts";
import type { PlannedEvent, PlannedRead, Step } from "./plan.ts";
import type { ModelReadSet } from "./read-set.ts";
import { compact } from "./retention.ts";
import { timeOf, visibleItems } from "./visibility.ts";
import { emptyTenant, type ModelTenant, type Actor } from "./state.ts";
import { assertSame } from "../harness/assert-same.ts";
import type { Subject } from "./subject.ts";
import { append, deleteItem, type ModelPush, pushMany } from "./item.ts";

/** A granted lease, live or ended. */
interface Granted {
  key: string;
  token: string;
  /** The model's position of the claim, in that generation of the tenant. */
  position: number;
  generation: number;
  holder: Actor;
}

/** One tenant in the model, and the leases granted in it. */
export interface TenantPair {
  model: ModelTenant;
  /** Number of times the tenant was dropped. */
  generation: number;
  granted: Granted[];
}

export const newTenantPair = (): TenantPair => ({
  model: emptyTenant(),
  generation: 0,
  granted: [],
});

/** The outcomes of one step in the model and in the storage. */
interface Answers {
  expected: string;
  actual: string;
}

type StepOf<D extends Step["do"]> = Extract<Step, { do: D }>;
/** Steps that call a mesh. */
export type Action = Exclude<
  Step,
  { do: "moveClock" } | { do: "reopen" } | { do: "copy" } | { do: "watch" } | { do: "resume" }
>;

/** Applies a step to the storage and to the model, and compares the outcomes. */
export async function applyAction(subject: Subject, pair: TenantPair, step: Action): Promise<void> {
  const { expected, actual } = await answersOf(subject, pair, step);
  assertSame(`the answer to ${JSON.stringify(step)}`, actual, expected);
}

async function answersOf(subject: Subject, pair: TenantPair, step: Action): Promise<Answers> {
  const { model } = pair;
  const clock = subject.clock();
  const agent = subject.agent(step.tenant, step.handle, "actor" in step ? step.actor : null);
  const mesh = subject.mesh(step.tenant, step.handle);
  const actor = "actor" in step ? step.actor : null;
  const both = async (
    expected: (draft: Draft) => unknown,
    actual: () => Promise<unknown>,
  ): Promise<Answers> => ({
    expected: modelOutcome(() => commit(model, clock, actor, expected)),
    actual: await outcomeOf(actual),
  });
  switch (step.do) {
    case "push": {
      const request = toModelPush(pair, step);
      const ifRevisions = readSetFor(pair, clock, actor, step.reads);
      const options = { ...toOptions(request), ifRevisions };
      return both(
        (draft) => pushMany(draft, [request], ifRevisions)[0],
        async () => pushedText(await agent.push(step.key, step.value, options)),
      );
    }
    case "pushMany": {
      const requests = step.pushes.map((planned) => toModelPush(pair, planned));
      const pushes = step.pushes.map(({ key, value }, i): Push<Untyped> => ({
        key,
        value,
        ...toOptions(requests[i] as ModelPush),
      }));
      const ifRevisions = readSetFor(pair, clock, actor, step.reads);
      return both(
        (draft) => pushMany(draft, requests, ifRevisions),
        async () => (await agent.pushMany(pushes, { ifRevisions })).map(pushedText),
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
        (draft) => deleteItem(draft, step.key, ifRevision),
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
        (draft) => setPermissions(draft, step.agent, step.allowed),
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
    case "publish": {
      const ifRevisions = readSetFor(pair, clock, actor, step.reads);
      const options = { ...step.route, id: step.id, ifRevisions };
      return both(
        (draft) => publish(draft, toModelEvent(step), ifRevisions),
        async () => withNames(await agent.publish(step.type, step.data, options)),
      );
    }
    case "claim":
      return claimAnswers(subject, pair, step);
    case "extend": {
      const [held, handle] = resolveLease(subject, pair, step);
      return {
        expected: modelOutcome(() =>
          commit(model, clock, held.who, (draft) => extend(draft, held, step.lease)),
        ),
        actual: await outcomeOf(async () => (await handle.extend(step.lease)).expiresAt.getTime()),
      };
    }
    case "complete": {
      const [held, handle] = resolveLease(subject, pair, step);
      const { route, ttl } = step;
      const result = step.result === undefined ? undefined : JSON.stringify(step.result);
      const [more, options] = followUps(pair, clock, held.who, step);
      const completion = { result, route, ttl, ...more };
      return {
        expected: modelOutcome(() =>
          commit(model, clock, held.who, (draft) => complete(draft, held, completion)),
        ),
        actual: await outcomeOf(async () =>
          withPushedText(await handle.complete(step.result, { ...route, ttl, ...options })),
        ),
      };
    }
    case "handOff": {
      const [held, handle] = resolveLease(subject, pair, step);
      const { route, ttl, task } = step;
      const [more, options] = followUps(pair, clock, held.who, step);
      const request = { value: JSON.stringify(step.value), route, ttl, task, ...more };
      const { priority, delay: notBefore } = task;
      return {
        expected: modelOutcome(() =>
          commit(model, clock, held.who, (draft) => handOff(draft, held, request)),
        ),
        actual: await outcomeOf(async () =>
          withPushedText(
            await handle.handOff(step.value, { ...route, ttl, priority, notBefore, ...options }),
          ),
        ),
      };
    }
    case "retry":
      return both(
        (draft) => retry(draft, step.key),
        () => agent.retry(step.key),
      );
    case "release": {
      const [held, handle] = resolveLease(subject, pair, step);
      const { retryIn, countAttempt, maxAttempts, error } = step;
      return {
        expected: modelOutcome(() =>
          commit(model, clock, held.who, (draft) => release(draft, held, step)),
        ),
        actual: await outcomeOf(async () => {
          const limit = maxAttempts === undefined ? {} : { maxAttempts };
          return (await handle.release({ retryIn, countAttempt, ...limit, error })).failed;
        }),
      };
    }
    case "endLease": {
      const { key, agent: holder, ...options } = step;
      const { retryIn, countAttempt, error } = options;
      const limit = options.maxAttempts === undefined ? {} : { maxAttempts: options.maxAttempts };
      return both(
        (draft) => endLease(draft, key, holder, options),
        () => mesh.system.release(key, { agent: holder, retryIn, countAttempt, ...limit, error }),
      );
    }
    case "compact":
      return compactionAnswers(subject, pair, step);
    case "drop": {
      const expected = JSON.stringify({ result: { existed: model.head > 0 } });
      const { tenantId } = mesh;
      const storage = subject.storage(step.handle);
      const actual = await outcomeOf(() => storage.dropTenant({ tenantId }));
      if (model.head > 0)
        Object.assign(pair, { model: emptyTenant(), generation: pair.generation + 1 });
      return { expected, actual };
    }
  }
}

const pushedText = ({
  key,
  revision,
  created,
  expiresAt,
  topicsWithoutSubscribers,
  unknownSubscribers,
}: Pushed): object => ({
  key,
  revision,
  created,
  expiresAt: expiresAt?.getTime() ?? null,
  ...withNames({ topicsWithoutSubscribers, unknownSubscribers }),
});

/** The names of unknown subscribers: the model makes no guesses. */
const withNames = <R extends RouteReport>(report: R): object => ({
  ...report,
  unknownSubscribers: report.unknownSubscribers.map(({ name }) => name),
});

function toModelPush(
  pair: TenantPair,
  planned: StepOf<"push"> | StepOf<"pushMany">["pushes"][number],
): ModelPush {
  const { key, route, ttl, task } = planned;
  const value = JSON.stringify(planned.value);
  return { key, value, route, ttl, task, ifRevision: revisionFor(pair, planned) };
}

const toOptions = ({ route, ttl, ifRevision, task }: ModelPush): PushOptions => ({
  ...route,
  ttl,
  ifRevision,
  priority: task.priority,
  notBefore: task.delay,
  dependsOn: task.dependsOn,
});

const withPushedText = <R extends Completed>({ pushed, ...rest }: R): object => ({
  ...withNames(rest),
  pushed: pushed.map(pushedText),
});

/** What a completion or a hand-off has beside it: for the model, and as options. */
function followUps(
  pair: TenantPair,
  clock: number,
  actor: Actor,
  { events, pushes, reads }: Pick<StepOf<"complete">, "events" | "pushes" | "reads">,
): [Pick<ModelCompletion, "events" | "pushes" | "readSet">, CompleteOptions] {
  const requests = pushes.map((planned) => toModelPush(pair, planned));
  const readSet = readSetFor(pair, clock, actor, reads);
  return [
    { events: events.map(toModelEvent), pushes: requests, readSet },
    {
      ifRevisions: readSet,
      events: events.map(({ route, ...event }) => ({ ...route, ...event })),
      push: pushes.map(({ key, value }, i) => ({
        key,
        value,
        ...toOptions(requests[i] as ModelPush),
      })),
    },
  ];
}

const toModelEvent = ({ id, type, data, route }: PlannedEvent): Parameters<typeof publish>[1] => ({
  id,
  type,
  data: JSON.stringify(data),
  route,
});

function revisionFor(
  { model }: TenantPair,
  { key, ifRevision }: { key: string; ifRevision: StepOf<"push">["ifRevision"] },
): number | undefined {
  const revision = model.items.find((item) => item.key === key)?.revision ?? 0;
  return { none: undefined, absent: 0, current: revision, other: revision + 7 }[ifRevision];
}

/** What a writer names as read, which is what it sees or something else. */
function readSetFor(
  { model }: TenantPair,
  clock: number,
  actor: Actor,
  reads: readonly PlannedRead[],
): ModelReadSet {
  if (reads.length === 0) return undefined;
  const items = visibleItems(actor, model, timeOf(model, clock));
  const revisionOf = (key: string): number => items.find((item) => item.key === key)?.revision ?? 0;
  const revisions = reads.map(({ key, is }): [string, number] => [
    key,
    revisionOf(key) + (is === "other" ? 7 : 0),
  ]);
  // A key such as "__proto__" must be an own property.
  return Object.fromEntries(revisions);
}

async function claimAnswers(
  subject: Subject,
  pair: TenantPair,
  step: StepOf<"claim">,
): Promise<Answers> {
  const { model, generation, granted } = pair;
  const { actor, from, maxAttempts } = step;
  const agent = subject.agent(step.tenant, step.handle, actor);
  const request = { from, leaseMs: step.lease, maxAttempts };
  const now = timeOf(model, subject.clock());
  const expected = modelOutcome(() => {
    const item = commit(model, subject.clock(), actor, (draft) => claim(draft, request));
    return item && [modelItemAndState(item, now), item.attempts, item.lease?.until];
  });
  const actual = await outcomeOf(async () => {
    const limit = maxAttempts === undefined ? {} : { maxAttempts };
    const source = "key" in from || from.topics.length > 0 ? from : { inbox: true as const };
    const lease = await agent.claim(source, { lease: step.lease, ...limit });
    if (lease === undefined) return null;
    const { key, token } = lease;
    const earlier = granted.filter((each) => each.generation === generation);
    for (const each of earlier) assertSame("whether the token increases", token > each.token, true);
    granted.push({ key, token, position: model.head, generation, holder: actor });
    return [itemAndState(lease.item), lease.attempt, lease.expiresAt.getTime()];
  });
  return { expected, actual };
}

/** A granted token, used by its holder or by an impostor. */
function resolveLease(
  subject: Subject,
  { granted, generation }: TenantPair,
  step: { handle: number; tenant: number; token: number; impostor: Actor | undefined },
): [LeaseToken & { who: Actor }, ReturnType<ReturnType<Subject["agent"]>["lease"]>] {
  const recent = granted.toReversed();
  const grant = recent[step.token % Math.max(1, recent.length)];
  const who = step.impostor === undefined ? (grant?.holder ?? null) : step.impostor;
  const token = grant?.generation === generation ? grant.position : "foreign";
  const key = grant?.key ?? "a";
  const agent = subject.agent(step.tenant, step.handle, who);
  return [{ key, token, who }, agent.lease(key, grant?.token ?? "11-another-1")];
}

async function compactionAnswers(
  subject: Subject,
  pair: TenantPair,
  step: StepOf<"compact">,
): Promise<Answers> {
  const { model } = pair;
  const { log, history, events, limit } = step;
  const expected = compact(model, { log, history, events }, subject.clock());
  const mesh = subject.mesh(step.tenant, step.handle);
  const actual = await outcomeOf(() => {
    if (limit !== undefined)
      return compactInSteps(subject.storage(step.handle), mesh.tenantId, step);
    return mesh.compact({
      log: log ? { ...log } : false,
      history: history ? { ...history } : false,
      events: events ? { count: events.commits, age: events.age } : false,
    });
  });
  return { expected: JSON.stringify({ result: expected }), actual };
}

async function compactInSteps(
  storage: FullStorage,
  tenantId: string,
  { log, history, events, limit = 1 }: StepOf<"compact">,
): Promise<{ floor: number; removed: number }> {
  const request = {
    tenantId,
    log: log && { commits: log.commits, ms: log.age },
    history: history && { commits: history.commits, ms: history.age },
    events: events && { count: events.commits, ms: events.age },
    limit,
  } as const;
  for (let removed = 0; ;) {
    const step = await storage.compact(request);
    removed += step.removed;
    if (!step.more) return { floor: step.floor, removed };
  }
}
