import { isSynthaError, SynthaError } from "./syntha-error.ts";

/** Adds the element of a list to the message of its error. @param of such as `pushes[2]` */
export function inList<T>(of: () => string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!isSynthaError(error)) throw error;
    const { code, hint, details, message } = error;
    throw new SynthaError(code, `${of()}: ${message}`, { hint, details, cause: error });
  }
}
