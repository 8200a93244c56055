import { type AgentContext, type Cursor, isSynthaError } from "@syntha/core";
import { renderChangesSince, renderContext } from "@syntha/prompts";

/** What is new for an agent, as a fenced block. */
export interface News {
  /** What the block is, for the model. */
  readonly title: string;
  /** Empty if there is nothing. */
  readonly text: string;
  /** After this. */
  readonly cursor: Cursor;
  /** Whether more changes exist already. */
  readonly more: boolean;
}

export interface NewsOptions {
  readonly tokens: number;
  /** Leaves out what the agent wrote itself. @default false */
  readonly ofOthers?: boolean | undefined;
}

/** What changed since a cursor; all that the agent sees without one, or if the log no longer holds what follows it. */
export async function newsFor(
  agent: AgentContext,
  since: string | undefined,
  { tokens, ofOthers = false }: NewsOptions,
): Promise<News> {
  const budget = { tokens };
  if (since !== undefined) {
    try {
      const changes = await renderChangesSince(agent, since as Cursor, { budget, ofOthers });
      return { ...changes, title: "What changed since the cursor:" };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
  }
  const { text, state } = await renderContext(agent, { budget });
  const title =
    since === undefined
      ? "What you see:"
      : "What follows the cursor is no longer known. This is all that you see, and replaces what you knew:";
  return { title, text, cursor: state.cursor, more: false };
}

function isUnreadable(error: unknown): boolean {
  return (
    isSynthaError(error, "CURSOR_COMPACTED") ||
    isSynthaError(error, "INVALID_CURSOR") ||
    isSynthaError(error, "CORRUPT_DATA")
  );
}
