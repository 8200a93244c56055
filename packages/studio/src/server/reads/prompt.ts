import type { AgentContext, Cursor } from "@syntha/core";
import { estimateTokens, renderChangesSince, renderContext } from "@syntha/prompts";
import { ToolHandler } from "@syntha/tools";
import { z } from "zod";
import type { PromptPreview } from "../../api/index.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

const DEFAULT_BUDGET = 4_000;

export const prompt: MeshRead<"api/prompt"> = {
  query: z.strictObject({
    ...parts.TENANT,
    as: parts.text,
    budget: parts.wholeNumber(64, 200_000).optional(),
    since: parts.text.optional(),
    topic: parts.text.optional(),
  }),
  async answer({ mesh }, { as, budget: tokens = DEFAULT_BUDGET, since, topic }) {
    const agent = mesh.agent(as);
    const options = { budget: { tokens }, topics: topic === undefined ? undefined : [topic] };
    const { cursor } = await agent.changes({ limit: 1 });
    const full = await renderContext(agent, options);
    return {
      full: {
        text: full.text,
        tokens: full.tokens,
        included: full.included.map((each) => ({ key: each.key, tokens: each.tokens })),
        omitted: full.omitted,
      },
      delta: since === undefined ? undefined : await deltaOf(agent, since, options),
      tools: toolsOf(agent),
      cursor,
    };
  },
};

async function deltaOf(
  agent: AgentContext,
  since: Cursor,
  options: { budget: { tokens: number }; topics: string[] | undefined },
): Promise<PromptPreview["delta"]> {
  const { text, tokens, more } = await renderChangesSince(agent, since, options);
  return { text, tokens, more };
}

function toolsOf(agent: AgentContext): PromptPreview["tools"] {
  const definitions = new ToolHandler(agent).tools();
  const sent = definitions.map(({ name, description, parameters }) => ({
    name,
    description,
    parameters,
  }));
  return { count: definitions.length, tokens: estimateTokens(JSON.stringify(sent)) };
}
