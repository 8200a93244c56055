import * as z from "zod";
import { field } from "../schema/field.ts";
import { parameter } from "../schema/parameter.ts";
import { defineTool } from "../tool.ts";

export const deleteTopic = defineTool({
  name: "delete_topic",
  toolset: "admin",
  effect: "destroy",
  description: "Delete a topic, with the items left without an audience.",
  input: z.strictObject({ topic: parameter.name }),
  output: z.object({
    topic: field.text,
    items_deleted: field.count,
    items_kept: field.count,
    subscriptions_ended: field.count,
  }),
  example: { topic: "support" },
  async run({ agent }, { topic }) {
    const { deleted, kept, subscribers } = await agent.mesh.deleteTopic(topic);
    return { topic, items_deleted: deleted, items_kept: kept, subscriptions_ended: subscribers };
  },
});
