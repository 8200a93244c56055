import type { AgentProfile } from "@syntha/core";
import * as z from "zod";
import { nextPageHint, prefixHint } from "../answer/listing-hints.ts";
import { cappedList, jsonBytes, readWhatFits, ResultBudget } from "../answer/result-budget.ts";
import { cappedFields, field } from "../schema/field.ts";
import { parameter } from "../schema/parameter.ts";
import { defineTool } from "../tool.ts";

/** An agent in a result of `discover_agents`. */
export interface DiscoveredAgent {
  /** What it announced that it does; absent if it announced nothing. */
  readonly description?: string;
  /** The description exceeds a quarter of a result. */
  readonly too_large?: true;
  /** What it announced that it can do; absent if it announced nothing. */
  readonly capabilities?: readonly string[];
  readonly capabilities_total?: number;
  /** Topics that it is subscribed to. */
  readonly topics: readonly string[];
  readonly topics_total?: number;
  /** When it last wrote, subscribed or claimed; ISO 8601, null if it never did. */
  readonly last_seen: string | null;
  /** Tasks that it holds now. */
  readonly tasks_claimed: number;
}

const discoveredAgent = z.object({
  description: field.text.optional(),
  too_large: field.tooLarge.describe("the description exceeds a quarter of a result"),
  capabilities: field.optionalNames,
  capabilities_total: field.optionalTotal,
  ...cappedFields("topics"),
  last_seen: field.time.nullable().describe("null if never"),
  tasks_claimed: field.count,
});

export const discoverAgents = defineTool({
  name: "discover_agents",
  toolset: "context",
  effect: "read",
  description: "List agents: what they do, and their topics.",
  input: z.strictObject({ prefix: parameter.optionalPrefix, page: parameter.optionalOpaque }),
  output: z.object({
    you: field.you,
    agents: z.record(z.string(), discoveredAgent),
    next_page: field.nextPage,
    hint: field.optionalHint,
  }),
  example: { prefix: "Re" },
  async run(context, { prefix, page }) {
    const { agent, maxResultBytes } = context;
    const budget = new ResultBudget(maxResultBytes);
    budget.reserve(jsonBytes(agent.name));
    const { entries, next } = await readWhatFits(
      budget,
      page ?? undefined,
      async (limit, from) => {
        const listing = await agent.agents({ prefix: prefix ?? undefined, limit, page: from });
        const read = listing.agents.map((profile) => toEntry(profile, maxResultBytes / 4));
        return { entries: read, next: listing.nextPage };
      },
      ([name, entry]) => jsonBytes(name) + jsonBytes(entry) + 2,
      { first: 16, maximum: 128 },
    );
    const hint =
      nextPageHint(context, "discover_agents", next) ?? prefixHint(prefix, entries.length);
    return {
      /** The calling agent. */
      you: agent.name,
      agents: Object.fromEntries(entries) as Record<string, DiscoveredAgent>,
      next_page: next ?? null,
      ...(hint !== undefined && { hint }),
    };
  },
});

function toEntry(
  { name, description, capabilities, subscriptions, lastSeen, leases }: AgentProfile,
  bytes: number,
): [name: string, entry: DiscoveredAgent] {
  return [
    name,
    {
      ...(description !== undefined &&
        (jsonBytes(description) > bytes ? { too_large: true } : { description })),
      ...(capabilities.length > 0 && cappedList("capabilities", capabilities, bytes / 2)),
      ...cappedList("topics", subscriptions, bytes / 2),
      last_seen: lastSeen?.toISOString() ?? null,
      tasks_claimed: leases,
    },
  ];
}
