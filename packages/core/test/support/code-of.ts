import { isSynthaError } from "@syntha/core";

/** The code that a call is refused with; `"taken"` when it is not. */
export function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return codeIn(error);
  }
  return "taken";
}

/** The same for what a promise ends with. */
export async function codeFrom(promise: PromiseLike<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return codeIn(error);
  }
  return "taken";
}

function codeIn(error: unknown): string {
  if (isSynthaError(error)) return error.code;
  throw error;
}
