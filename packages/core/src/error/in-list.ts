import { isSynthaError, SynthaError } from "./syntha-error.ts";

/** Lets an error of one element of a list name it: nothing else in the message would. @param of such as `pushes[2]` */
export function inList<T>(of: () => string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!isSynthaError(error)) throw error;
    const { code, hint, details, message } = error;
    throw new SynthaError(code, `${of()}: ${message}`, { hint, details, cause: error });
  }
}
