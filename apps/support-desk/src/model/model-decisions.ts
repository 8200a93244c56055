import { appendFile } from "node:fs/promises";
import type { DecisionKind, DecisionMaker, On, Result } from "../desk/decision-maker.ts";
import type { Task } from "../desk/work.ts";
import { DeskError } from "../desk-error.ts";
import { DecisionHandler } from "./decision-handler.ts";
import { duties, type Duty, instructionsFor } from "./duties.ts";
import { type Connection, connectionOf, describeModel, type ModelChoice } from "./model-choice.ts";
import { openRun } from "./runs/model-run.ts";
import { countingFetch, type Usage } from "./usage.ts";

/** Messages of a model for one decision: reading, deciding, and a few corrections. */
const MAX_TURNS = 8;
const MAX_MS = 120_000;

/**
 * Lets a model decide, each decision in a separate run that sees what the agent sees.
 *
 * @throws DeskError if the key is missing; an error of the file system if the transcript cannot be written
 */
export async function modelDecides(
  choice: ModelChoice,
  onUsage: (usage: Usage) => void,
): Promise<DecisionMaker> {
  const connection = connectionOf(choice);
  const { transcript } = choice;
  // Before any decision costs something.
  if (transcript !== undefined) await appendFile(transcript, "");
  const run = await openRun(connection, choice.through);
  return {
    async decide<K extends DecisionKind>(
      kind: K,
      on: On<K>,
      { agent, lease, signal }: Task,
    ): Promise<Result<K>> {
      const duty = duties[kind] as Duty<K>;
      const handler = new DecisionHandler(duty, on, agent);
      const usage = { requests: 0, tokens: 0 };
      const limit = AbortSignal.timeout(MAX_MS);
      const system = instructionsFor(kind);
      const prompt = `${duty.asks} with the key ${JSON.stringify(lease.key)}.`;
      const { isOver, calls } = handler;
      let said = "";
      let failure: Error | undefined;
      try {
        const until = AbortSignal.any([signal, limit]);
        const task = { connection, handler, isOver, maxTurns: MAX_TURNS, signal: until };
        said = await run({ ...task, system, prompt, fetch: countingFetch(usage) });
      } catch (error) {
        failure = limit.aborted
          ? new Error(`The model took longer than ${MAX_MS / 1_000} s.`)
          : toDeskError(error, connection);
      }
      const { decision, wrong, problem } = handler;
      failure ??= new Error(
        problem === undefined
          ? `The model made no decision in ${usage.requests} requests. It last said: ${said.slice(0, 200)}`
          : `The model decided wrongly: ${problem}`,
      );
      const { requests, tokens } = usage;
      const counts = { requests, toolCalls: calls.length, wrong, tokens };
      onUsage({ agent: agent.name, decisions: decision ? 1 : 0, ...counts });
      if (transcript !== undefined) {
        const asked = { agent: agent.name, key: lease.key, model: describeModel(choice), prompt };
        const result = decision ? { decision: decision.value } : { failure: failure.message };
        const entry = { at: new Date(), ...asked, system, calls, said, ...result };
        // By one write, because processes may share the file.
        await appendFile(transcript, `${JSON.stringify(entry)}\n`);
      }
      if (decision === undefined) throw failure;
      return decision.value;
    },
  };
}

/** SDKs have repeated what may pass: another request would fail alike. Frameworks wrap the SDK's error, the innermost says most. */
function toDeskError(error: unknown, { apiKey, provider, name }: Connection): DeskError {
  let inner = error as Error & { lastError?: unknown };
  for (let next = inner; next instanceof Error; next = (next.lastError ?? next.cause) as Error)
    if (next.message !== "") inner = next;
  // Some servers repeat the key.
  const text = inner.message.replaceAll(apiKey, "[the key]").replaceAll(/\s+/g, " ");
  return new DeskError(
    `${provider}:${name} cannot be asked: ${text.slice(0, 300)}`,
    "Check the model's name, the key and the base URL; at a rate limit use a lower --concurrency. Then start again with the same --storage: a named one keeps what is done.",
    error,
  );
}
