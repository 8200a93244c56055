import { expect } from "vitest";
import { type ErrorCode, isSynthaError, type SynthaError } from "@syntha/core";

/** Returns the error of a call. Fails if the call succeeds, or has another code or other details. */
export async function rejects<C extends ErrorCode>(
  call: Promise<unknown> | (() => unknown),
  code: C,
  details?: unknown,
): Promise<SynthaError<C>> {
  const error = await errorOf(call);
  if (!isSynthaError(error)) throw error;
  expect(`${error.code}: ${error.message}`).toMatch(new RegExp(`^${code}: .`));
  expect(error.hint).not.toBe("");
  if (details !== undefined) expect(error.details).toEqual(details);
  return error as SynthaError<C>;
}

async function errorOf(call: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    const answer = await (typeof call === "function" ? call() : call);
    return new Error(`The call resolved with ${JSON.stringify(answer)}.`);
  } catch (error) {
    return error;
  }
}
