import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import { getItem } from "../items/get.ts";
import { lastEntry } from "../items/history.ts";
import { push, type Pushed } from "../items/push.ts";
import type { JsonValue } from "../json/json.ts";
import { checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import type { OpResult } from "../storage/outcome.ts";
import { type Duration, MAX_DURATION_MS, toMs } from "../time/duration.ts";
import type { Item } from "../view/item.ts";
import { waitUntil } from "./wait-until.ts";

export interface AskOptions {
  /** How long to wait for the result; then the task is withdrawn. @default "1m" */
  timeout?: Duration | undefined;
  /** The priority of the task, from -10 to 10. @default 0 */
  priority?: number | undefined;
  /** The key of the task. @default "ask:" and a random id */
  key?: string | undefined;
  /** Withdraws the task, and ends the call with ABORTED. */
  signal?: AbortSignal | undefined;
}

const ASK = knownOptions<AskOptions>("ask", {
  timeout: true,
  priority: true,
  key: true,
  signal: true,
});

/** A task outlives its timeout by this long, so that only a caller that crashed leaves it to its expiry. */
const GRACE_MS = 60_000;

type Answer = { readonly value: JsonValue | undefined } | { readonly failed: Item } | "removed";

/** Pushes a task to an agent, waits for its result, and removes it. */
export async function ask(
  session: Session,
  actor: Actor,
  agent: string,
  payload: unknown,
  options: AskOptions,
): Promise<JsonValue | undefined> {
  checkOptions(options, ASK);
  checkSignal(options.signal);
  const { timeout = "1m", priority, key = `ask:${crypto.randomUUID()}`, signal } = options;
  const timeoutMs = toMs("timeout", timeout);
  if (signal?.aborted) throw aborted(agent, signal);
  // A mesh that closes waits until the task is withdrawn.
  return session.storage.tasks.run(async () => {
    const pushed = await push(session, actor, key, payload, {
      subscribers: [agent],
      ttl: Math.min(timeoutMs + GRACE_MS, MAX_DURATION_MS),
      ifRevision: 0,
      ...(priority !== undefined && { priority }),
    });
    let answer = await waitUntil(session, actor, key, { timeoutMs, signal }, toAnswer).catch(
      async (error: unknown) => {
        await remove(session, actor, key).catch(() => undefined);
        throw isSynthaError(error, "ABORTED") ? aborted(agent, signal) : error;
      },
    );
    answer ??= await withdraw(session, actor, pushed);
    if (answer === undefined) throw timedOut(agent, timeout, pushed);
    if (answer === "removed") {
      if (await wasCompleted(session, key)) return undefined;
      throw taskRemoved(agent, key);
    }
    // The answer is known: whether its item can be removed now changes nothing about it.
    await remove(session, actor, key).catch(() => undefined);
    if ("failed" in answer) throw taskFailed(agent, answer.failed);
    return answer.value;
  });
}

function toAnswer(item: Item | undefined): Answer | undefined {
  if (item === undefined) return "removed";
  if (item.state === "done") return { value: item.value };
  return item.state === "failed" ? { failed: item } : undefined;
}

/** Deletes the task, unless its result has come meanwhile: then it returns that. */
async function withdraw(
  session: Session,
  actor: Actor,
  { key, revision }: Pushed,
): Promise<Answer | undefined> {
  for (let ifRevision = revision; ;) {
    try {
      return (await remove(session, actor, key, ifRevision)) ? undefined : "removed";
    } catch (error) {
      // Its key was free meanwhile, and is another agent's now.
      if (isSynthaError(error, "NOT_OWNER")) return "removed";
      if (!isSynthaError(error, "CONFLICT")) throw error;
    }
    const item = await getItem(session, actor, key);
    const answer = toAnswer(item);
    if (answer !== undefined) return answer;
    // It was handed off, or its value replaced.
    ifRevision = (item as Item).revision;
  }
}

async function remove(
  session: Session,
  actor: Actor,
  key: string,
  ifRevision?: number,
): Promise<boolean> {
  const op = { type: "delete", key, ifRevision } as const;
  const { results } = await session.commitWhileClosing(actor, [op]);
  return (results[0] as OpResult & { type: "delete" }).deleted;
}

/** Whether a task that its asker no longer sees was completed without a result: agents delete only what they complete. */
async function wasCompleted(session: Session, key: string): Promise<boolean> {
  const last = await lastEntry(session, key);
  return last !== undefined && last.actor !== null && last.change.type === "delete";
}

function taskRemoved(agent: string, key: string): SynthaError {
  const reason =
    "It was removed before it was completed, or its result has expired or was routed elsewhere.";
  return new SynthaError("TASK_FAILED", `${agent} did not answer: ${reason}`, {
    hint: "Ask again, or ask another agent.",
    details: { key, agent, reason, attempts: 0 },
  });
}

function taskFailed(agent: string, { key, lastFailure, attempts }: Item): SynthaError {
  const reason = lastFailure?.message ?? "It was given up.";
  return new SynthaError("TASK_FAILED", `${agent} failed the task: ${reason}`, {
    hint: "Ask again with what the reason asks for, or ask another agent.",
    details: { key, agent, reason, attempts },
  });
}

function timedOut(agent: string, timeout: Duration, pushed: Pushed): SynthaError {
  const [unknown] = pushed.unknownSubscribers;
  const advice =
    unknown === undefined
      ? `${agent} may be busy or not running: it works on its inbox with work({ inbox: true }, …).`
      : unknown.nearest === undefined
        ? `No agent "${agent}" is known yet: start it, or look for its name in agents().`
        : `No agent "${agent}" is known. Did you mean "${unknown.nearest}"?`;
  const time = typeof timeout === "number" ? `${timeout} ms` : timeout;
  return new SynthaError("TIMEOUT", `${agent} did not answer within ${time}.`, {
    hint: `${advice} The task was withdrawn.`,
    details: { agent },
  });
}

function aborted(agent: string, signal: AbortSignal | undefined): SynthaError {
  return new SynthaError("ABORTED", `Asking ${agent} was aborted.`, {
    hint: "The task was withdrawn.",
    cause: signal?.reason,
  });
}
