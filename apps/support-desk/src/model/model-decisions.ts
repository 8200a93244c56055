import { promptMessages } from "@syntha/prompts";

import {
  type DecisionContext,
  type DecisionKind,
  type DecisionMaker,
  decideByRules,
  type On,
  type Result,
} from "../desk/decision-maker.ts";
import { DeskError } from "../desk-error.ts";
import { DecisionHandler } from "./decision-handler.ts";
import { duties, type Duty, instructionsFor } from "./duties.ts";
import { connectionOf, describeModel, type ModelChoice } from "./model-choice.ts";
import { toModelFailure, UndecidedError } from "./model-failure.ts";
import { openRun } from "./model-run.ts";
import { addToTranscript, openTranscript } from "./transcript.ts";
import { UsageTrackingFetch } from "./usage-tracking-fetch.ts";

/** Messages of a model for one decision: reading, deciding, and a few corrections. */
const MAX_TURNS = 8;
const MAX_MS = 120_000;
/** Tokens of an item in a prompt. A longer one is only named there, and read by a tool. */
const MAX_CONTEXT_TOKENS = 8_000;

/**
 * Lets a model decide, each decision in a separate run that sees what the agent sees.
 *
 * @throws DeskError if the key is missing, or the transcript cannot be written
 */
export async function modelDecisions(choice: ModelChoice): Promise<DecisionMaker> {
  const connection = connectionOf(choice);
  const { transcript, fallback } = choice;
  if (transcript !== undefined) await openTranscript(transcript);
  const run = await openRun(connection, choice.through);
  let free = choice.parallel;
  const waiting: (() => void)[] = [];

  async function ask<K extends DecisionKind>(
    kind: K,
    on: On<K>,
    context: DecisionContext,
  ): Promise<Result<K>> {
    const { agent, key, signal } = context;
    const duty = duties[kind] as Duty<K>;
    const handler = new DecisionHandler(duty, on, agent);
    const counts = { requests: 0, refused: 0, inputTokens: 0, outputTokens: 0 };
    const usage = new UsageTrackingFetch(({ status = 600, inputTokens, outputTokens }) => {
      counts.requests += 1;
      counts.refused += status >= 400 ? 1 : 0;
      counts.inputTokens += inputTokens;
      counts.outputTokens += outputTokens;
    });
    const limit = AbortSignal.timeout(MAX_MS);
    const started = performance.now();
    let system = instructionsFor(kind);
    let prompt = `${duty.asks} with the key ${JSON.stringify(key)}.`;
    let said = "";
    let failure: Error | undefined;
    try {
      if (choice.context === "prompt") [system, prompt] = await withItem(system, prompt, context);
      const { isOver } = handler;
      const until = AbortSignal.any([signal, limit]);
      const task = { connection, handler, isOver, maxTurns: MAX_TURNS, signal: until };
      said = await run({ ...task, system, prompt, fetch: usage.fetch });
    } catch (error) {
      failure = limit.aborted
        ? new UndecidedError(`The model took longer than ${MAX_MS / 1_000} s.`)
        : toModelFailure(error, connection);
    }
    await usage.settled();
    const ms = Math.round(performance.now() - started);
    const { decision, calls, wrong, problem } = handler;
    const effort = `${counts.requests} requests and ${calls.length} calls`;
    const last = said === "" ? "" : ` It last said: ${said.slice(0, 200)}`;
    const reason = problem
      ? `decided wrongly: ${problem}`
      : `made no decision in ${effort}.${last}`;
    failure ??= new UndecidedError(`The model ${reason}`);
    // An interrupted run came to nothing through no fault of the model.
    const undecided = decision === undefined && !signal.aborted ? 1 : 0;
    const outcome = { calls: calls.length, wrong, decisions: decision ? 1 : 0, undecided };
    agent.meter.add("model", agent.name, { ...counts, ...outcome }, ms);
    if (transcript !== undefined) {
      const asked = { agent: agent.name, key, model: describeModel(choice), system, prompt };
      const failed = decision === undefined ? failure.message : null;
      const result = { calls, said, decision: decision?.value ?? null, failure: failed };
      await addToTranscript(transcript, { ...asked, ...result, ...counts, ms });
    }
    if (decision === undefined) throw failure;
    return decision.value;
  }

  return {
    async decide(kind, on, context) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      const { agent, signal } = context;
      try {
        signal.throwIfAborted();
        return await ask(kind, on, context);
      } catch (error) {
        if (fallback === undefined || error instanceof DeskError || signal.aborted) throw error;
        agent.meter.add("model", agent.name, { fallbacks: 1 });
        return decideByRules(kind, on);
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}

/** Adds the item as the agent sees it, fenced, to the question: one request less, and no tool. */
async function withItem(system: string, message: string, { agent, key }: DecisionContext) {
  const request = { system, message, keys: [key], budget: { tokens: MAX_CONTEXT_TOKENS } };
  const { messages } = await promptMessages(agent.context, request);
  const contentOf = (role: string) => messages.find((each) => each.role === role)?.content ?? "";
  return [contentOf("system"), contentOf("user")] as const;
}
