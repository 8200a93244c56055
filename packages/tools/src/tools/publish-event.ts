import * as z from "zod";
import { field } from "../schema/field.ts";
import { parameter } from "../schema/parameter.ts";
import { parseStructuredText } from "../arguments/structured-text.ts";
import { defineTool } from "../tool.ts";
import { SynthaError } from "@syntha/core";
import { audienceWarning, isExplicitlyEmpty, toRoute, warningFields } from "./audience.ts";

export const publishEvent = defineTool({
  name: "publish_event",
  toolset: "events",
  effect: "write",
  description: "Publish an event to an audience.",
  input: z.strictObject({
    type: parameter.name,
    data: parameter.json.meta({ description: "text or JSON" }),
    topics: parameter.optionalAudience,
    subscribers: parameter.optionalAudience,
    global: parameter.optionalFlag.meta({ format: "audience" }),
  }),
  output: z.object({ id: field.text, ...warningFields }),
  example: { type: "order_created", data: '{"order":"00123842"}', topics: ["orders"] },
  async run(context, { type, data, ...audience }) {
    const value = parseStructuredText(data, "data");
    if (isExplicitlyEmpty(audience))
      throw new SynthaError("ROUTE_REQUIRED", "The event has no audience.");
    const published = await context.agent.publish(type, value, toRoute(audience));
    return { id: published.id, ...audienceWarning(context, published) };
  },
});
