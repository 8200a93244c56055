import { CURSOR_META_KEY } from "../changes/resource-event.ts";
import {
  CONTEXT_INSTRUCTIONS,
  placeContext,
  PROMPT_TEMPLATES,
  renderContext,
} from "@syntha/prompts";
import { BUDGET, tokensOf } from "./budget.ts";
import { heldTasks } from "./held-tasks.ts";
import type { ServedPrompt } from "./served-prompt.ts";

/** What an agent knows and holds, for a successor. */
export const handOver: ServedPrompt = {
  definition: {
    name: "hand_over",
    title: "Hand over",
    description: "What this agent knows and holds, for its successor",
    arguments: [BUDGET],
  },
  async render({ agent }, args) {
    const tokens = tokensOf(args);
    const held = await heldTasks(agent);
    const tasks =
      held.length === 0
        ? undefined
        : await renderContext(agent, { keys: held, budget: { tokens: Math.floor(tokens / 2) } });
    const known = await renderContext(agent, {
      // What it wrote itself comes first.
      priority: [{ author: agent.isSystem ? null : agent.name }],
      budget: { tokens: tokens - (tasks?.tokens ?? 0) },
    });
    const parts = [
      `What ${JSON.stringify(agent.name)} sees, with what it wrote first:`,
      known.text === "" ? "Nothing." : known.text,
      ...(tasks === undefined
        ? ["It holds no task."]
        : ["Tasks that it holds until it completes or releases them:", tasks.text]),
      `It is subscribed to ${JSON.stringify(await agent.subscriptions())}. The cursor after this is ${JSON.stringify(known.state.cursor)}.`,
    ];
    const text = placeContext(PROMPT_TEMPLATES.handoff, parts.join("\n\n"));
    return {
      text: `${CONTEXT_INSTRUCTIONS}\n\n${text}`,
      meta: { [CURSOR_META_KEY]: known.state.cursor },
    };
  },
};
