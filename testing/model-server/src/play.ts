import type { Conversation } from "./conversation.ts";

/** A call by the model: arguments as a value, or as text, which may be invalid JSON. */
export interface ScriptedCall {
  name: string;
  arguments: unknown;
}

/** The next turn of the model. */
export type Turn =
  | { text: string }
  /** Calls in one message, after `text` if there is any. */
  | { calls: readonly ScriptedCall[]; text?: string }
  /** An error response of the vendor, such as 429 or 529. */
  | { error: { status: number; message: string; retryAfterSeconds?: number } };

/** Scripts a model: its turns depend on the content of the request, so a lost message changes them. */
export type Play = (conversation: Conversation) => Turn | Promise<Turn>;

/** Makes calls in one message, then answers with their results. */
export function callOnce(...calls: readonly ScriptedCall[]): Play {
  return ({ turns, results }) => (turns.length === 0 ? { calls } : { text: results.join() });
}
