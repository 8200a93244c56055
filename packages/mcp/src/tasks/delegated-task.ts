import type { JsonValue } from "@syntha/core";

/** The value of a delegated task's item. */
export interface DelegatedTask {
  readonly message: JsonValue;
  /** Questions of the agents that worked on it, and the answers, in order. */
  readonly answers?: readonly TaskAnswer[];
}

/** An answer of null was declined. */
export type TaskAnswer = { readonly question: string; readonly answer: string | null };

/** The value with one more answer. Values that other agents wrote become its message. */
export function withAnswer(value: JsonValue, answer: TaskAnswer): DelegatedTask {
  const { message, answers } = toDelegatedTask(value);
  return { message, answers: [...(answers ?? []), answer] };
}

function toDelegatedTask(value: JsonValue): DelegatedTask {
  return isDelegatedTask(value) ? value : { message: value };
}

function isDelegatedTask(value: JsonValue): value is JsonValue & DelegatedTask {
  if (typeof value !== "object" || value === null || !("message" in value)) return false;
  const { message: _, answers = [], ...rest } = value as Record<string, JsonValue>;
  return Array.isArray(answers) && Object.keys(rest).length === 0;
}
