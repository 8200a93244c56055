import * as z from "zod";
import { hoursToMs } from "../arguments/duration.ts";
import { field } from "../arguments/fields.ts";
import { toRoute } from "../arguments/route.ts";
import { structured } from "../arguments/structured.ts";
import { unheardAnswer } from "../answer/unheard.ts";
import { defineTool } from "../tool.ts";

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
    global: field.optionalFlag.meta({ description: "true: for all agents" }),
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
    const pushed = await agent.push(key, structured(value, "value"), {
      ...toRoute(audience),
      ttl: ttl_hours ? hoursToMs(ttl_hours) : defaultTtl,
      ifRevision: if_revision ?? undefined,
    });
    return {
      key,
      revision: pushed.revision,
      expires_at: pushed.expiresAt?.toISOString() ?? null,
      ...unheardAnswer(call, pushed.unheard),
    };
  },
});
