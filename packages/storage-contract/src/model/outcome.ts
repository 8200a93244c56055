import { isSynthaError } from "@syntha/core";
import { Rejection } from "./state.ts";

/** The result of a call or its error code, as text to compare. */
export function modelOutcome(call: () => unknown): string {
  try {
    return JSON.stringify({ result: call() ?? null });
  } catch (error) {
    if (error instanceof Rejection) return JSON.stringify({ error: error.code });
    throw error;
  }
}

export async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify({ result: (await call()) ?? null });
  } catch (error) {
    if (isSynthaError(error)) return JSON.stringify({ error: error.code });
    throw error;
  }
}
