/** What your own tool receives besides its arguments. */
export interface CustomCall {
  readonly id: string;
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Your own tools, by name. Arguments are passed as the model wrote them: validate them. The model receives what a function
 * returns, a string as it is and anything else as JSON; if it throws, the model receives the error's message.
 */
export type CustomTools = Readonly<Record<string, (args: never, call: CustomCall) => unknown>>;
