import { expect } from "vitest";
import { type ErrorCode, isSynthaError, type SynthaError } from "@syntha/core";

/** The error that a call is refused with. Fails when it is not refused, or by another code. */
export async function rejects<C extends ErrorCode>(
  call: Promise<unknown> | (() => unknown),
  code: C,
): Promise<SynthaError<C>> {
  const error = await errorOf(call);
  if (!isSynthaError(error)) throw error;
  expect(`${error.code}: ${error.message}`).toMatch(new RegExp(`^${code}: .`));
  expect(error.hint).not.toBe("");
  return error as SynthaError<C>;
}

async function errorOf(call: Promise<unknown> | (() => unknown)): Promise<unknown> {
  let answer: unknown;
  try {
    answer = await (typeof call === "function" ? call() : call);
  } catch (error) {
    return error;
  }
  return new Error(`It was not refused; it answered ${JSON.stringify(answer)}.`);
}
