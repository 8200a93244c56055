/** What the program uses of its process. */
export interface ProcessIo {
  /** For what is asked for: help, tokens. */
  readonly print: (text: string) => void;
  /** For messages to a person. */
  readonly log: (text: string) => void;
  /** Aborts at Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}
