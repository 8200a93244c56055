import { isSynthaError } from "@syntha/core";
import { Refused } from "./state.ts";

/** What a call gave, or the code it was refused with: as text, to compare by. */
export function modelAnswer(call: () => unknown): string {
  try {
    return JSON.stringify({ gave: call() ?? null });
  } catch (error) {
    if (error instanceof Refused) return JSON.stringify({ refused: error.code });
    throw error;
  }
}

export async function answer(call: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify({ gave: (await call()) ?? null });
  } catch (error) {
    if (isSynthaError(error)) return JSON.stringify({ refused: error.code });
    throw error;
  }
}
