import { SynthaError } from "@syntha/core";

/**
 * Parses the arguments of your own tool with a parser of an SDK.
 * @throws INVALID_ARGUMENTS with the parser's message, if it throws
 */
export async function parseCustomArguments<T>(parse: () => T): Promise<Awaited<T>> {
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
