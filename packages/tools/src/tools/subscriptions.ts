import * as z from "zod";
import { cappedFields } from "../schema/field.ts";
import { parameter } from "../schema/parameter.ts";
import { cappedList } from "../answer/result-budget.ts";
import { defineTool } from "../tool.ts";

const input = z.strictObject({ topics: parameter.names });
const example = { topics: ["support"] };

export const subscribeToTopics = defineTool({
  name: "subscribe_to_topics",
  toolset: "context",
  effect: "write",
  description: "See what is and will be shared on these topics.",
  input,
  output: z.object({ ...cappedFields("subscribed"), ...cappedFields("already_subscribed") }),
  example,
  async run({ agent, maxResultBytes }, { topics }) {
    const added = await agent.subscribe(topics);
    const before = [...new Set(topics)].filter((topic) => !added.includes(topic));
    return {
      ...cappedList("subscribed", added, maxResultBytes / 4),
      ...cappedList("already_subscribed", before, maxResultBytes / 4),
    };
  },
});

export const unsubscribeFromTopics = defineTool({
  name: "unsubscribe_from_topics",
  toolset: "context",
  effect: "write",
  description: "Stop seeing these topics.",
  input,
  output: z.object({ ...cappedFields("unsubscribed"), ...cappedFields("not_subscribed") }),
  example,
  async run({ agent, maxResultBytes }, { topics }) {
    const ended = await agent.unsubscribe(topics);
    const others = [...new Set(topics)].filter((topic) => !ended.includes(topic));
    return {
      ...cappedList("unsubscribed", ended, maxResultBytes / 4),
      ...cappedList("not_subscribed", others, maxResultBytes / 4),
    };
  },
});
