import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import { deleteItem } from "../items/delete.ts";
import { getItem } from "../items/get.ts";
import { push, type Pushed } from "../items/push.ts";
import type { JsonValue } from "../json/json.ts";
import { checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import { type Duration, toMs } from "../time/duration.ts";
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

type Answer = { readonly value: JsonValue | undefined } | { readonly failed: Item };

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
  const pushed = await push(session, actor, key, payload, {
    subscribers: [agent],
    ttl: timeoutMs + GRACE_MS,
    ifRevision: 0,
    ...(priority !== undefined && { priority }),
  });
  let answer: Answer | undefined;
  try {
    answer = await waitUntil(session, actor, key, { timeoutMs, signal }, toAnswer);
  } catch (error) {
    await withdraw(session, actor, pushed).catch(() => undefined);
    if (isSynthaError(error, "ABORTED")) throw aborted(agent, signal);
    throw error;
  }
  answer ??= await withdraw(session, actor, pushed);
  if (answer === undefined) throw timedOut(agent, timeout, pushed);
  // The answer is known: whether its item can be removed now changes nothing about it.
  await deleteItem(session, actor, key, {}).catch(() => undefined);
  if ("failed" in answer) throw taskFailed(agent, answer.failed);
  return answer.value;
}

/** A task that is no longer there was completed without a result. */
function toAnswer(item: Item | undefined): Answer | undefined {
  if (item === undefined) return { value: undefined };
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
      const isDeleted = await deleteItem(session, actor, key, { ifRevision });
      return isDeleted ? undefined : { value: undefined };
    } catch (error) {
      if (!isSynthaError(error, "CONFLICT")) throw error;
      const item = await getItem(session, actor, key);
      const answer = toAnswer(item);
      if (item === undefined || answer !== undefined) return answer;
      // It was written or handed off, and is still not finished.
      ifRevision = item.revision;
    }
  }
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
  const isUnknown =
    unknown === undefined
      ? `${agent} may be busy or not running: it works on its inbox with work({ inbox: true }, …).`
      : unknown.nearest === undefined
        ? `No agent "${agent}" is known yet: start it, or look for its name in agents().`
        : `No agent "${agent}" is known. Did you mean "${unknown.nearest}"?`;
  const time = typeof timeout === "number" ? `${timeout} ms` : timeout;
  return new SynthaError("TIMEOUT", `${agent} did not answer within ${time}.`, {
    hint: `${isUnknown} The task was withdrawn.`,
    details: { agent },
  });
}

function aborted(agent: string, signal: AbortSignal | undefined): SynthaError {
  return new SynthaError("ABORTED", `Asking ${agent} was aborted.`, {
    hint: "The task was withdrawn.",
    cause: signal?.reason,
  });
}
