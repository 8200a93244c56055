import { SynthaError } from "@syntha/core";
import { CONTEXT_INSTRUCTIONS, renderContext } from "@syntha/prompts";
import { BUDGET, tokensOf } from "./budget.ts";
import type { ServedPrompt } from "./served-prompt.ts";

/** One item, to be reviewed. */
export const review: ServedPrompt = {
  definition: {
    name: "review",
    title: "Review",
    description: "Review one item of the team's shared context",
    arguments: [{ name: "key", description: "The key of the item", required: true }, BUDGET],
  },
  async render({ agent }, args) {
    const tokens = tokensOf(args);
    const { key = "" } = args;
    const { text } = await renderContext(agent, { keys: [key], budget: { tokens } });
    if (text === "")
      throw new SynthaError(
        "INVALID_ARGUMENTS",
        `There is no key ${JSON.stringify(key)} that you can see.`,
        { hint: "Check its spelling.", details: { path: "key" } },
      );
    const task =
      "Review this item: say what is wrong, unclear or missing in its value, and what you would change. Refer to its author and revision. If it is good as it is, say so.";
    return { text: `${CONTEXT_INSTRUCTIONS}\n\n${text}\n\n${task}` };
  },
};
