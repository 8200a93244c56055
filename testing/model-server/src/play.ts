import type { Conversation } from "./conversation.ts";

/** A call as the model writes it: arguments as a value, or as text, which may be no JSON at all. */
export interface PlayedCall {
  name: string;
  arguments: unknown;
}

/** What the model says next. */
export type Turn =
  | { text: string }
  /** In one message; `text` in front of them is said too. */
  | { calls: readonly PlayedCall[]; text?: string }
  /** An error of the vendor's, such as 429 or 529. */
  | { error: { status: number; message: string; retryAfterSeconds?: number } };

/** Plays a model: decides by what the request says, so that a lost message changes what it does. */
export type Play = (conversation: Conversation) => Turn | Promise<Turn>;
