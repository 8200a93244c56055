import { SynthaError } from "@syntha/core";

/**
 * What a parser of an SDK's makes of the arguments of a tool of the user's own.
 * @throws INVALID_ARGUMENTS, in the parser's words, where it throws
 */
export async function readOwn<T>(parse: () => T): Promise<Awaited<T>> {
  try {
    return await parse();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SynthaError("INVALID_ARGUMENTS", message, {
      hint: "Call it again with arguments that fit its schema.",
      cause,
    });
  }
}
