import * as z from "zod";
import { parameter } from "../schema/parameter.ts";
import { parseStructuredText } from "../arguments/structured-text.ts";
import { defineTool } from "../tool.ts";
import { audienceWarning } from "./audience.ts";

export const publishEvent = defineTool({
  name: "publish_event",
  toolset: "events",
  effect: "write",
  description: "Publish an event to the subscribers of topics.",
  input: z.strictObject({
    type: parameter.name,
    data: parameter.json,
    topics: parameter.audience,
  }),
  example: { type: "order_created", data: '{"order":"00123842"}', topics: ["orders"] },
  async run(context, { type, data, topics }) {
    const published = await context.agent.publish(type, parseStructuredText(data, "data"), {
      topics,
    });
    return { id: published.id, ...audienceWarning(context, published) };
  },
});
