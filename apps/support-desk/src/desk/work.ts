import { setTimeout as wait } from "node:timers/promises";
import { type AgentContext, isSynthaError, type Lease } from "@syntha/core";
import { DeskError } from "../desk-error.ts";
import type { DecisionMaker } from "./decision-maker.ts";
import type { Jobs } from "./jobs.ts";

/** A task that an agent has claimed. The signal is aborted when the desk ends. */
export type Task<V = unknown> = {
  agent: AgentContext;
  lease: Pick<Lease<V>, "key" | "item" | "complete">;
  signal: AbortSignal;
};
/** Does one task and completes its lease. */
export type TaskHandler<V> = (task: Task<V>, decisions: DecisionMaker) => Promise<void>;
/** How an agent works. `concurrency` is its number of tasks at once. */
export type Pace = { decisions: DecisionMaker; leaseMs: number; concurrency: number; jobs: Jobs };

const MAX_ATTEMPTS = 3;
const RETRY_MS = 1_000;
/** No task is parked as failed: the desk ends, and its next run tries the task again. */
const NEVER = 1_000_000;
/** Without news an agent looks this often: a task of a dead process becomes free when its lease ends. */
const LOOK_EVERY_MS = 500;
const HINT =
  "Fix the cause and start again with the same --storage: a named one keeps everything else.";

/** Starts to work on a topic's tasks, until the jobs end. */
export function workOnTopic<V>(
  agent: AgentContext,
  topic: string,
  handle: TaskHandler<V>,
  { decisions, leaseMs, concurrency, jobs }: Pace,
): void {
  const { signal } = jobs;
  const onError = (error: unknown): void => {
    if (error instanceof DeskError) throw error;
  };
  const options = { lease: leaseMs, signal, maxAttempts: NEVER, retryIn: RETRY_MS, onError };
  const work = (lease: Lease<V>) => perform({ agent, lease, signal }, handle, decisions);
  // Claims of several loops share commits; those of one loop follow each other.
  for (let loop = 0; loop < concurrency; loop++)
    jobs.start(agent.work<V>(topic, (_, lease) => work(lease), options));
}

/** The same for tasks that name the agent: they are on no topic, so each is claimed by its key. */
export async function workByName<V>(
  agent: AgentContext,
  prefix: string,
  handle: TaskHandler<V>,
  { decisions, leaseMs, concurrency, jobs: { signal } }: Pace,
): Promise<void> {
  let nap = new AbortController();
  const watching = (async () => {
    for await (const _ of agent.watch({ signal })) nap.abort();
    nap.abort();
  })();
  const work = async (key: string): Promise<boolean> => {
    const lease = await agent.claim<V>({ key }, { lease: leaseMs });
    if (lease === undefined) return false;
    const extend = (): void => void lease.extend(leaseMs).catch(() => {});
    const extending = setInterval(extend, leaseMs / 3);
    try {
      await perform({ agent, lease, signal }, handle, decisions);
    } catch (error) {
      if (error instanceof DeskError) throw error;
      await lease.release({ retryIn: RETRY_MS });
    } finally {
      clearInterval(extending);
    }
    return true;
  };
  while (!signal.aborted) {
    nap = new AbortController();
    const open = { prefix, state: "open", limit: concurrency, values: false } as const;
    const { items } = await agent.list(open);
    const results = await Promise.allSettled(items.map(({ key }) => work(key)));
    const failed = results.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    if (!results.some((each) => each.status === "fulfilled" && each.value))
      await wait(LOOK_EVERY_MS, undefined, { signal: nap.signal }).catch(() => {});
  }
  await watching;
}

/** @throws DeskError if the task can never succeed or has failed three times; what else it throws, another attempt may mend */
async function perform<V>(
  { lease, ...task }: Task<V> & { lease: Pick<Lease<V>, "attempt" | "release"> },
  handle: TaskHandler<V>,
  decisions: DecisionMaker,
): Promise<void> {
  try {
    await handle({ ...task, lease }, decisions);
  } catch (error) {
    // Its lease ended, and another process has it.
    if (isSynthaError(error, "STALE_TOKEN")) return;
    const isFatal = error instanceof DeskError;
    if (isFatal || task.signal.aborted)
      await lease.release({ countAttempt: false }).catch(() => {});
    if (task.signal.aborted) return;
    if (isFatal || lease.attempt < MAX_ATTEMPTS) throw error;
    const { message } = error as Error;
    const failure = `${task.agent.name} failed at "${lease.key}" ${lease.attempt} times: ${message}`;
    throw new DeskError(failure, HINT, error);
  }
}
