import type { ItemHeader } from "@syntha/core";
import { z } from "zod";
import { sampleItems } from "../mesh/item-sample.ts";
import { KnownAgents } from "../mesh/known-agents.ts";
import { findTopicsWithoutSubscribers, findUnknownRecipients } from "../mesh/problems.ts";
import { RoutingDrawing } from "../mesh/routing-drawing.ts";
import { MAX_PAGE } from "../limits.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

const MAX_ITEMS = 120;

export const graph: MeshRead<"api/graph"> = {
  query: z.strictObject({
    ...parts.VIEW,
    prefix: parts.text.optional(),
    topic: parts.text.optional(),
  }),
  async answer({ moment }, { as, prefix, topic }) {
    const topics = topic === undefined ? undefined : [topic];
    const sample = await sampleItems(moment, { prefix, topics });
    const known = await KnownAgents.read(moment);
    const unknownRecipients = await findUnknownRecipients(sample, known);
    const withoutSubscribers = await findTopicsWithoutSubscribers(moment);
    const drawn = sample.items.slice(0, MAX_ITEMS);
    const drawing = new RoutingDrawing({
      items: drawn,
      topics: await topicsOf(moment, topic),
      agents: (await moment.agents({ limit: MAX_PAGE })).agents,
      unknown: unknownRecipients.map(({ name }) => name),
    });
    const visible = await visibleKeys(moment.system, as, drawn);
    const { items: total } = await moment.stats();
    return {
      ...drawing.graph(visible),
      topicsWithoutSubscribers: withoutSubscribers.topics,
      unknownRecipients,
      omitted: {
        ...drawing.omitted,
        items: (sample.isComplete ? sample.items.length : total) - drawn.length,
      },
    };
  },
};

type GraphScope = Parameters<(typeof graph)["answer"]>[0];

async function topicsOf(
  moment: GraphScope["moment"],
  only: string | undefined,
): Promise<readonly { name: string; items: number; subscribers: number }[]> {
  const { topics } = await moment.topics({
    prefix: only,
    limit: only === undefined ? MAX_PAGE : 1,
  });
  return only === undefined ? topics : topics.filter(({ name }) => name === only);
}

async function visibleKeys(
  system: GraphScope["moment"]["system"],
  agent: string | undefined,
  items: readonly ItemHeader[],
): Promise<ReadonlySet<string> | undefined> {
  if (agent === undefined) return undefined;
  if (items.length === 0) return new Set();
  const keys = items.map(({ key }) => key);
  const explanations = await system.explainMany(agent, keys);
  return new Set(explanations.flatMap(({ key, visible }) => (visible ? [key] : [])));
}
