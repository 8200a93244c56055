import * as z from "zod";
import { field } from "../arguments/fields.ts";
import { structured } from "../arguments/structured.ts";
import { audienceWarning } from "../answer/audience-warning.ts";
import { defineTool } from "../tool.ts";

export const publishEvent = defineTool({
  name: "publish_event",
  toolset: "events",
  effect: "write",
  description: "Notify the subscribers of topics that something happened.",
  input: z.strictObject({
    type: field.name,
    data: field.json,
    topics: field.audience,
  }),
  example: { type: "order_created", data: '{"order":"00123842"}', topics: ["orders"] },
  async run(call, { type, data, topics }) {
    const published = await call.agent.publish(type, structured(data, "data"), { topics });
    return { id: published.id, ...audienceWarning(call, published.topicsWithoutSubscribers) };
  },
});
