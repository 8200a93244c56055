import { DeskError } from "../desk-error.ts";
import type { DeskAgent, Task } from "./desk-agent.ts";
import { TaskGroup, WakeSignal } from "./task-group.ts";

/** Does one task and completes it. The signal is aborted when the desk ends. */
export type TaskHandler = (task: Task, signal: AbortSignal) => Promise<void>;

/** Tasks come from topics, or are items with this key prefix that name the agent. */
type TaskSource = { topics: readonly string[] } | { prefix: string };
export type Pace = { leaseSeconds: number; concurrency: number };

/** Without news the queue looks this often: a task of a dead agent becomes free when its lease ends. */
const LOOK_EVERY_MS = 500;
const MAX_ATTEMPTS = 3;
const RETRY_MINUTES = 1 / 60;
const HINT =
  "Fix the cause and start again with the same --storage: a named one keeps everything else.";

/** Claims an agent's tasks as they come, until the signal is aborted and what was claimed is done or given back. */
export async function workOnTasks(
  agent: DeskAgent,
  source: TaskSource,
  { leaseSeconds, concurrency }: Pace,
  parent: AbortSignal,
  handle: TaskHandler,
): Promise<void> {
  const lease_minutes = leaseSeconds / 60;
  const wake = new WakeSignal();
  const isByTopic = "topics" in source;
  const topics = isByTopic ? [...source.topics] : [];
  /** More while claims succeed. */
  let atOnce = 1;

  /** Claims from the first topic that has tasks, or some of the items. */
  async function claimSome(free: number): Promise<Task[]> {
    const limit = Math.min(atOnce, free);
    const claim = async (from: { topic: string } | { key: string }) =>
      (await agent.call("claim_task", { ...from, lease_minutes })).task ?? [];
    if (!isByTopic) {
      const { items } = await agent.context.list({ ...source, state: "open", limit: free });
      return (await Promise.all(items.map(({ key }) => claim({ key })))).flat();
    }
    for (const topic of topics.slice()) {
      // They take turns, so that none of them starves.
      topics.push(...topics.splice(0, 1));
      const claims = Array.from({ length: limit }, () => claim({ topic }));
      const tasks = (await Promise.all(claims)).flat();
      atOnce = tasks.length === limit ? limit * 2 : 1;
      if (tasks.length > 0) return tasks;
    }
    return [];
  }

  const group = new TaskGroup(parent);
  group.start(async (signal) => {
    const news = agent.context.watch(isByTopic ? { topics: source.topics, signal } : { signal });
    for await (const { type } of news) if (type !== "event") wake.notify();
  });
  group.start(async (signal) => {
    const tasks = new TaskGroup(signal, concurrency);
    tasks.signal.addEventListener("abort", wake.notify, { once: true });
    while (!tasks.signal.aborted) {
      await tasks.room();
      const claimed = await claimSome(tasks.free);
      for (const task of claimed)
        tasks.start((until) => perform(agent, task, lease_minutes, until, handle));
      if (claimed.length === 0) await wake.wait(LOOK_EVERY_MS);
    }
    await tasks.finish();
  });
  await group.finish();
}

/** Gives a task back if its handler fails: uncounted if the desk ends, and at most three times otherwise. */
async function perform(
  agent: DeskAgent,
  { key, token, attempt, ...task }: Task,
  lease_minutes: number,
  signal: AbortSignal,
  handle: TaskHandler,
): Promise<void> {
  if (attempt > 1) agent.meter.add("task", agent.name, { recovered: 1 });
  const extend = () => void agent.attempt("extend_task", { key, token, lease_minutes });
  const extending = setInterval(extend, (lease_minutes * 60_000) / 3);
  try {
    await handle({ key, token, attempt, ...task }, signal);
  } catch (cause) {
    if (signal.aborted || cause instanceof DeskError) {
      // A lost lease needs no release.
      const lease = agent.context.lease(key, token);
      await lease.release({ countAttempt: false }).catch(() => {});
      if (signal.aborted) return;
      throw cause;
    }
    if (attempt >= MAX_ATTEMPTS) {
      const { message, hint = HINT } = cause as Error & { hint?: string };
      const failure = `${agent.name} failed at "${key}" ${attempt} times: ${message}`;
      throw new DeskError(failure, hint, cause);
    }
    await agent.attempt("release_task", { key, token, retry_in_minutes: RETRY_MINUTES });
  } finally {
    clearInterval(extending);
  }
}
