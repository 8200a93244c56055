import { CONTEXT_INSTRUCTIONS } from "@syntha/prompts";
import { CURSOR_META_KEY } from "../changes/resource-event.ts";
import { BUDGET, tokensOf } from "./budget.ts";
import { newsFor } from "./news.ts";
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
    const since = args["since"]?.trim() || undefined;
    const { title, text, cursor, more } = await newsFor(agent, since, { tokens: tokensOf(args) });
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
