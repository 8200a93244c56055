/** What a tool of the user's own is told besides its arguments. */
export interface OwnCall {
  readonly id: string;
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Tools of the user's own, by name. Arguments come as the model wrote them: check them. What a function gives is told
 * to the model, text as it is and all else as JSON; where it throws, the model is told the error's message.
 */
export type OwnTools = Readonly<Record<string, (args: never, call: OwnCall) => unknown>>;
