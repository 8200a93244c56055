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
    "Share a value under a key. A new key needs an audience: topics, subscribers (agent names) or global. Without one, a known key keeps its own.",
  input: z.strictObject({
    key: field.name,
    value: field.json.describe("text, or an object or array as JSON text"),
    topics: field.optionalAudience,
    subscribers: field.optionalAudience,
    global: field.optionalFlag,
    ttl_hours: field.optionalHours.describe("null: stays"),
    if_revision: field.optionalRevision.describe("write only at this revision; 0: only if new"),
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
