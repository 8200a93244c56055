// Shows: two agents on OpenAI's client that share a mesh.
// Look at: no agent receives the other's messages; they share items through tool calls.

import { ContextMesh } from "@syntha/core";
import { runnableTools } from "@syntha/openai";
import { ToolHandler } from "@syntha/tools";
import { zodFunction } from "openai/helpers/zod";
import * as z from "zod";
import { startModel } from "../../model/model-client.ts";
import { printTable } from "../../print/table.ts";
import { played } from "./scripted-model.ts";

const { client, model, text, close } = await startModel(played);
console.log(`Model: ${text}\n`);

const mesh = new ContextMesh();
await mesh.agent("Billing").subscribe(["billing"]);

/** Runs one turn of an agent with its instructions, the tools of the mesh, and custom tools. */
async function turn(
  name: string,
  instructions: string,
  said: string,
  own: (typeof refund)[] = [],
): Promise<void> {
  const handler = new ToolHandler(mesh.agent(name), { allow: ["get_context", "push_context"] });
  const runner = client.chat.completions.runTools({
    model,
    messages: [
      { role: "system", content: `You are ${name}. ${instructions}` },
      { role: "user", content: said },
    ],
    tools: [...runnableTools(handler), ...own],
  });
  runner.on("functionToolCall", (call) => console.log(`  ${name} calls ${call.name}`));
  console.log(`  ${name} says: ${await runner.finalContent()}`);
}

const refund = zodFunction({
  name: "refund",
  description: "Refunds an invoice.",
  parameters: z.object({ invoice: z.string() }),
  function: ({ invoice }) => ({ invoice, refunded: 120 }),
});
await turn(
  "Triage",
  'Share each inquiry as "inquiry:1" with the topic "billing", as JSON with customer, wants and invoice.',
  "Hilltop Bakery requests a refund of invoice A-17.",
);
await turn(
  "Billing",
  'Read what is shared under "inquiry:", refund it, and push "answer:1" with the amount to the subscriber "Triage".',
  "Process the pending inquiry.",
  [refund],
);

console.log("");
const { items } = await mesh.system.list();
printTable(
  items.map(({ key, author, topics, subscribers, value }) => ({
    item: key,
    by: author ?? "",
    for: [...topics, ...subscribers].join(", "),
    value: JSON.stringify(value),
  })),
);
console.log(
  `Triage sees the answer: ${(await mesh.agent("Triage").get("answer:1")) !== undefined}`,
);
await mesh.close();
await close();
