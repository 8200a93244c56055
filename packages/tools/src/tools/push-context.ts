import {
  type AgentContext,
  isSynthaError,
  type Pushed,
  type PushOptions,
  SynthaError,
} from "@syntha/core";
import * as z from "zod";
import { hoursToMs } from "../arguments/duration.ts";
import { field } from "../schema/field.ts";
import { parameter } from "../schema/parameter.ts";
import { parseStructuredText } from "../arguments/structured-text.ts";
import { defineTool } from "../tool.ts";
import { audienceWarning, isExplicitlyEmpty, toRoute, warningFields } from "./audience.ts";
import { headerOf } from "./header.ts";

/** Retries while other agents write the key. */
const MAX_ATTEMPTS = 5;

export const pushContext = defineTool({
  name: "push_context",
  toolset: "context",
  effect: "write",
  description:
    "Share a value under a key. A new key needs an audience: topics, subscribers or global. An existing key keeps its audience if you name none.",
  input: z.strictObject({
    key: parameter.name,
    value: parameter.json.meta({ description: "text or JSON" }),
    topics: parameter.optionalAudience,
    subscribers: parameter.optionalAudience.meta({ description: "names of agents" }),
    global: parameter.optionalFlag.meta({
      description: "all agents",
      format: "audience",
    }),
    ttl_hours: parameter.optionalHours.meta({ absent: "no expiry" }),
    if_revision: parameter.optionalRevision.meta({
      description: "write only at this revision; 0: only if new",
    }),
    priority: parameter.optionalPriority.meta({
      description: "-10 to 10",
      toolset: "tasks",
    }),
    depends_on: parameter.optionalFewNames.meta({
      description: "keys",
      toolset: "tasks",
    }),
  }),
  output: z.object({
    key: field.text,
    revision: field.revision,
    expires_at: field.time.nullable().describe("null if it does not expire"),
    ...warningFields,
  }),
  example: { key: "inquiry", value: '{"customer":"BigCo"}', topics: ["customers"] },
  async run(context, args) {
    const { agent, defaultTtl } = context;
    const { key } = args;
    const { topics, subscribers, global } = toRoute(args);
    const options = {
      topics,
      subscribers,
      global,
      priority: args.priority ?? undefined,
      dependsOn: args.depends_on ?? undefined,
      ttl: args.ttl_hours ? hoursToMs(args.ttl_hours) : defaultTtl,
      ifRevision: args.if_revision ?? undefined,
    };
    const push = { key, value: parseStructuredText(args.value, "value"), options };
    const pushed = isExplicitlyEmpty(args)
      ? await pushKeepingAudience(agent, push, args.global === false)
      : await agent.push(key, push.value, options);
    return {
      key,
      revision: pushed.revision,
      expires_at: pushed.expiresAt?.toISOString() ?? null,
      ...audienceWarning(context, pushed),
    };
  },
});

interface PushCall {
  readonly key: string;
  readonly value: {} | null;
  readonly options: PushOptions;
}

/** Replaces the value of an existing key, and never creates one: a new key has no audience to keep. */
async function pushKeepingAudience(
  agent: AgentContext,
  { key, value, options }: PushCall,
  isNotGlobal: boolean,
): Promise<Pushed> {
  for (let attempt = 1; ; attempt++) {
    const item = await headerOf(agent, key);
    if (isNotGlobal && item?.global)
      throw new SynthaError("INVALID_ROUTE", `${JSON.stringify(key)} is shared with all agents.`);
    try {
      // No item has the highest revision: for a key that the agent cannot see, the mesh answers CONFLICT or KEY_TAKEN.
      const ifRevision =
        item === undefined ? Number.MAX_SAFE_INTEGER : (options.ifRevision ?? item.revision);
      return await agent.push(key, value, { ...options, ifRevision });
    } catch (error) {
      if (!isSynthaError(error, "CONFLICT")) throw error;
      const isMissing = error.details.revision === 0;
      if (isMissing && !options.ifRevision)
        throw new SynthaError("ROUTE_REQUIRED", `${JSON.stringify(key)} has no audience yet.`);
      const isFinal = isMissing || (item !== undefined && options.ifRevision !== undefined);
      if (isFinal || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
