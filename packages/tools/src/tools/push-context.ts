import {
  isSynthaError,
  type ItemHeader,
  type Pushed,
  type PushOptions,
  SynthaError,
} from "@syntha/core";
import * as z from "zod";
import { hoursToMs } from "../arguments/duration.ts";
import { field } from "../arguments/fields.ts";
import { isEmptied, toRoute } from "../arguments/route.ts";
import { structured } from "../arguments/structured.ts";
import { audienceWarning } from "../answer/audience-warning.ts";
import { type Call, defineTool } from "../tool.ts";

/** Other writers of the key that may come first. */
const MOST_ATTEMPTS = 5;

export const pushContext = defineTool({
  name: "push_context",
  toolset: "context",
  effect: "write",
  description:
    "Share a value under a key. A new key needs an audience: topics, subscribers or global. An existing key keeps its audience if you name none.",
  input: z.strictObject({
    key: field.name,
    value: field.json,
    topics: field.optionalAudience,
    subscribers: field.optionalAudience.meta({ description: "names of agents" }),
    global: field.optionalFlag.meta({ description: "true: for all agents", reads: "audience" }),
    ttl_hours: field.optionalHours.meta({
      description: "hours until it expires",
      absent: "no expiry",
    }),
    if_revision: field.optionalRevision.meta({
      description: "write only if the key has this revision; 0: only if it is new",
    }),
  }),
  example: { key: "inquiry", value: '{"customer":"BigCo"}', topics: ["customers"] },
  async run(call, { key, value, ttl_hours, if_revision, ...audience }) {
    const { agent, defaultTtl } = call;
    const options = {
      ...toRoute(audience),
      ttl: ttl_hours ? hoursToMs(ttl_hours) : defaultTtl,
      ifRevision: if_revision ?? undefined,
    };
    const push = { key, value: structured(value, "value"), options };
    const pushed = isEmptied(audience)
      ? await pushKeepingAudience(call, push, audience.global === false)
      : await agent.push(key, push.value, options);
    return {
      key,
      revision: pushed.revision,
      expires_at: pushed.expiresAt?.toISOString() ?? null,
      ...audienceWarning(call, pushed.topicsWithoutSubscribers),
    };
  },
});

interface Push {
  readonly key: string;
  readonly value: {} | null;
  readonly options: PushOptions;
}

/** Without its value, which may be large, or damaged and about to be replaced. */
async function headerOf(agent: Call["agent"], key: string): Promise<ItemHeader | undefined> {
  const { items } = await agent.list({ prefix: key, limit: 1, values: false });
  return items.find((item) => item.key === key);
}

/** Replaces the value of a key that exists, and creates none: a new key has no audience to keep. */
async function pushKeepingAudience(
  { agent }: Call,
  { key, value, options }: Push,
  isNotGlobal: boolean,
): Promise<Pushed> {
  for (let attempt = 1; ; attempt++) {
    const item = await headerOf(agent, key);
    if (isNotGlobal && item?.global)
      throw new SynthaError("INVALID_ROUTE", `${JSON.stringify(key)} is shared with all agents.`);
    try {
      // No item has the last revision: where there is none to be seen, the mesh says whether the key is taken.
      const ifRevision =
        item === undefined ? Number.MAX_SAFE_INTEGER : (options.ifRevision ?? item.revision);
      return await agent.push(key, value, { ...options, ifRevision });
    } catch (error) {
      if (!isSynthaError(error, "CONFLICT")) throw error;
      const isMissing = error.details.revision === 0;
      if (isMissing && !options.ifRevision)
        throw new SynthaError("ROUTE_REQUIRED", `${JSON.stringify(key)} has no audience yet.`);
      const isFinal = isMissing || (item !== undefined && options.ifRevision !== undefined);
      if (isFinal || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}
