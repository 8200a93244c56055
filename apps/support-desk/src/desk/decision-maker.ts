import { setTimeout as wait } from "node:timers/promises";

import type { ModelChoice } from "../model/model-choice.ts";
import { answer, authorise, retain } from "../rules/replies.ts";
import { triage } from "../rules/triage.ts";
import type { Durability, StorageChoice } from "../storage.ts";
import type { DeskAgent } from "./desk-agent.ts";

/** One pure function for each kind of decision. */
export const rules = { triage, answer, authorise, retain };

export type DecisionKind = keyof typeof rules;
/** The record that a decision is made on, and its result. */
export type On<K extends DecisionKind> = Parameters<(typeof rules)[K]>[0];
export type Result<K extends DecisionKind> = ReturnType<(typeof rules)[K]>;
/** Who decides, and the key of the item that the decision is made on. */
export type DecisionContext = { agent: DeskAgent; key: string; signal: AbortSignal };

/** Decides; everything else that agents do is the same for rules and models. */
export interface DecisionMaker {
  decide<K extends DecisionKind>(kind: K, on: On<K>, context: DecisionContext): Promise<Result<K>>;
}

export function decideByRules<K extends DecisionKind>(kind: K, on: On<K>): Result<K> {
  return (rules[kind] as (on: On<K>) => Result<K>)(on);
}

/** What every process of a desk works by, as plain data. */
export type Settings = {
  storage: StorageChoice;
  durability: Durability;
  specialists: number;
  leaseSeconds: number;
  /** How long each decision of the rules takes: it shows what a model's latency does to the agents. */
  thinkingMs: number;
  /** @default rules decide */
  model?: ModelChoice | undefined;
};

/** @throws DeskError if the model cannot be asked */
export async function openDecisions(settings: Omit<Settings, "storage">): Promise<DecisionMaker> {
  const { model, thinkingMs } = settings;
  if (model !== undefined)
    return (await import("../model/model-decisions.ts")).modelDecisions(model);
  return {
    async decide(kind, on) {
      if (thinkingMs > 0) await wait(thinkingMs);
      return decideByRules(kind, on);
    },
  };
}
