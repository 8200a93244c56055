// Shows: routes by topic, by subscriber name, and by both.
// Look at: why each agent sees an item. The owner always does; a new subscriber sees earlier items.

import { ContextMesh } from "@syntha/core";
import { toolHandlers } from "@syntha/tools";
import { printTable } from "../print/table.ts";

const mesh = new ContextMesh();
const { TierOne, TierTwo, Manager, Sales, Newcomer } = toolHandlers(mesh, {
  TierOne: {},
  TierTwo: {},
  Manager: {},
  Sales: {},
  Newcomer: {},
});
await TierOne.handleToolCall("subscribe_to_topics", { topics: ["support"] });
await TierTwo.handleToolCall("subscribe_to_topics", { topics: ["support"] });
await Sales.handleToolCall("subscribe_to_topics", { topics: ["customers", "opportunities"] });

// Public: for current and future subscribers of a topic.
await TierOne.handleToolCall("push_context", {
  key: "inquiry",
  value: { customer: "Hilltop Bakery", asks: "Why is ordering so slow?" },
  topics: ["customers"],
});
await TierOne.handleToolCall("push_context", {
  key: "diagnosis",
  value: { response: "5s", cause: "a missing index" },
  topics: ["support"],
});
// Private: for named agents only.
await TierOne.handleToolCall("push_context", {
  key: "escalation",
  value: { reason: "The customer may leave." },
  subscribers: ["Manager", "TierTwo"],
});
await Manager.handleToolCall("push_context", {
  key: "offer",
  value: { discount: "15%" },
  subscribers: ["TierTwo", "Sales"],
});
// Both: subscribers of the topic, and the manager by name.
await Sales.handleToolCall("push_context", {
  key: "upsell",
  value: { plan: "Business" },
  topics: ["opportunities"],
  subscribers: ["Manager"],
});
await Newcomer.handleToolCall("subscribe_to_topics", { topics: ["support"] });

const agents = ["TierOne", "TierTwo", "Manager", "Sales", "Newcomer"];
const why = async (agent: string, key: string): Promise<string> => {
  const { reasons } = await mesh.system.explain(agent, key);
  return reasons.map(({ kind }) => (kind === "subscriber" ? "named" : kind)).join(", ");
};
const keys = ["inquiry", "diagnosis", "escalation", "offer", "upsell"];
printTable(
  await Promise.all(
    keys.map(async (key) => {
      const cells = agents.map(async (agent) => [agent, await why(agent, key)] as const);
      return { item: key, ...Object.fromEntries(await Promise.all(cells)) };
    }),
  ),
);

const denied = await Newcomer.handleToolCall("get_context", { keys: ["escalation"] });
console.log(`\nNewcomer reads the escalation: ${JSON.stringify(denied)}`);
await mesh.close();
