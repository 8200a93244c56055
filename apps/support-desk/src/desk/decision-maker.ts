import { setTimeout as wait } from "node:timers/promises";
import { answer, authorise, retain } from "../rules/replies.ts";
import { triage } from "../rules/triage.ts";
import type { Task } from "./work.ts";

/** One pure function for each kind of decision. */
export const rules = { triage, answer, authorise, retain };

export type DecisionKind = keyof typeof rules;
/** The record that a decision is made on, and its result. */
export type On<K extends DecisionKind> = Parameters<(typeof rules)[K]>[0];
export type Result<K extends DecisionKind> = ReturnType<(typeof rules)[K]>;

/** Decides; everything else that agents do is the same for rules and models. */
export interface DecisionMaker {
  decide<K extends DecisionKind>(kind: K, on: On<K>, task: Task): Promise<Result<K>>;
}

/** `thinkingMs` shows what a model's latency does to the agents. */
export function rulesDecide(thinkingMs = 0): DecisionMaker {
  return {
    async decide<K extends DecisionKind>(kind: K, on: On<K>, { signal }: Task) {
      if (thinkingMs > 0) await wait(thinkingMs, undefined, { signal });
      return (rules[kind] as (on: On<K>) => Result<K>)(on);
    },
  };
}
