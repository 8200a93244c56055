import { SynthaError } from "@syntha/core";

/** What your own tool receives besides its arguments. */
export interface CustomCall {
  readonly id: string;
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Your own tools, by name. Arguments are passed as the model wrote them: validate them. The model receives what a function
 * returns, a string unchanged and anything else as JSON; if the function throws, the model receives the error's message.
 *
 * @example
 * const customTools: CustomTools = {
 *   price_of: ({ item }: { item: string }) => ({ item, price: 42 }),
 * };
 */
export type CustomTools = Readonly<Record<string, (args: never, call: CustomCall) => unknown>>;

/**
 * Runs an SDK's parser on the arguments of your own tool.
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
