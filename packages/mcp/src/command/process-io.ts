/** What the program uses of its process. */
export interface ProcessIo {
  /** For what is asked for: help, tokens, news. Resolves once it is written; rejects if nothing reads it. */
  readonly print: (text: string) => Promise<void>;
  /** For messages to a person. */
  readonly log: (text: string) => void;
  /** Aborts at Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}
