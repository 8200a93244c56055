import { CURSOR_META_KEY } from "../changes/resource-event.ts";
import { type AgentContext, isSynthaError } from "@syntha/core";
import {
  CONTEXT_INSTRUCTIONS,
  type RenderedChangesSince,
  renderChangesSince,
  renderContext,
} from "@syntha/prompts";
import { BUDGET, tokensOf } from "./budget.ts";
import type { ServedPrompt } from "./served-prompt.ts";

/** What changed since a cursor; without one, all that the agent sees. */
export const catchUp: ServedPrompt = {
  definition: {
    name: "catch_up",
    title: "Catch up",
    description: "What the team's shared context holds, or what changed since a cursor",
    arguments: [
      { name: "since", description: "The cursor of the last catch_up or wait_for_changes" },
      BUDGET,
    ],
  },
  async render({ agent }, args) {
    const tokens = tokensOf(args);
    const since = args["since"]?.trim() ?? "";
    const changes = since === "" ? undefined : await changesSince(agent, since, tokens);
    const { title, text, cursor, more } = changes
      ? { ...changes, title: "What changed since the cursor:" }
      : await everything(agent, tokens, since !== "");
    const next = more
      ? `There is more: get the rest with the cursor ${JSON.stringify(cursor)}.`
      : `The cursor after this is ${JSON.stringify(cursor)}: pass it as \`since\` for what changes next.`;
    const block = text === "" ? "Nothing." : text;
    return {
      text: `${CONTEXT_INSTRUCTIONS}\n\n${title}\n\n${block}\n\n${next}`,
      meta: { [CURSOR_META_KEY]: cursor, "dev.syntha/more": more },
    };
  },
};

/** Undefined if the log can't show them. */
async function changesSince(
  agent: AgentContext,
  since: string,
  tokens: number,
): Promise<RenderedChangesSince | undefined> {
  try {
    return await renderChangesSince(agent, since, { budget: { tokens } });
  } catch (error) {
    if (
      isSynthaError(error, "CURSOR_COMPACTED") ||
      isSynthaError(error, "INVALID_CURSOR") ||
      isSynthaError(error, "CORRUPT_DATA")
    )
      return undefined;
    throw error;
  }
}

async function everything(agent: AgentContext, tokens: number, isReplacement: boolean) {
  const { text, state } = await renderContext(agent, { budget: { tokens } });
  const title = isReplacement
    ? "What follows the cursor is no longer known. This is all that you see, and replaces what you knew:"
    : "What you see:";
  return { title, text, cursor: state.cursor, more: false };
}
