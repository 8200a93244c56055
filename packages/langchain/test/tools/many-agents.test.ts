import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ContextMesh } from "@syntha/core";
import { playModel } from "@syntha/testing-model-server/vitest";
import { ToolHandler } from "@syntha/tools";
import { createAgent } from "langchain";
import { expect, it } from "vitest";
import { langchainTools, meshMiddleware } from "../../src/index.ts";
import { chatModel } from "./models.ts";

it("lets two agents of one graph share a mesh", async () => {
  const mesh = new ContextMesh();
  await mesh.agent("Billing").subscribe(["customers"]);
  const server = await playModel(({ system, turns, results }) => {
    if (turns.length > 0) return { text: results.at(-1) ?? "" };
    const inquiry = { key: "inquiry", value: '{"order":"007"}', topics: ["customers"] };
    return system === "Triage"
      ? { calls: [{ name: "push_context", arguments: inquiry }] }
      : { calls: [{ name: "get_context", arguments: { keys: ["inquiry"] } }] };
  });
  /** Returns only the last message of its agent. */
  const node = (name: string) => {
    const handler = new ToolHandler(mesh.agent(name));
    const agent = createAgent({
      model: chatModel(server),
      tools: langchainTools(handler),
      systemPrompt: name,
      middleware: [meshMiddleware(handler)],
    });
    return async () => {
      const { messages } = await agent.invoke({ messages: [{ role: "user", content: "Go on." }] });
      return { messages: [{ role: "ai", name, content: messages.at(-1)?.text ?? "" }] };
    };
  };
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("triage", node("Triage"))
    .addNode("billing", node("Billing"))
    .addEdge(START, "triage")
    .addEdge("triage", "billing")
    .compile();

  const asked = [{ role: "user", content: "Order 007 is late." }];
  const { messages } = await graph.invoke({ messages: asked });
  const [shared, read] = messages.slice(1).map(({ text }) => JSON.parse(text));
  expect(shared).toMatchObject({ success: true, topics_without_subscribers: [] });
  const [context, meta] = [{ inquiry: { order: "007" } }, { inquiry: { author: "Triage" } }];
  expect(read).toMatchObject({ context, meta });
});

it("serves concurrent subgraphs of one graph", async () => {
  const mesh = new ContextMesh();
  const server = await playModel(({ system, turns, results }) =>
    turns.length === 0
      ? {
          calls: [
            {
              name: "push_context",
              arguments: { key: `note of ${system}`, value: system, global: true },
            },
            { name: "get_context", arguments: { keys: [`note of ${system}`] } },
          ],
        }
      : { text: `${system} read ${JSON.parse(results[1] ?? "").context[`note of ${system}`]}` },
  );
  const agentNamed = (name: string) => {
    const handler = new ToolHandler(mesh.agent(name));
    return createAgent({
      name,
      model: chatModel(server),
      tools: langchainTools(handler),
      systemPrompt: name,
      middleware: [meshMiddleware(handler)],
    }).graph;
  };
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("Reader", agentNamed("Reader"))
    .addNode("Writer", agentNamed("Writer"))
    .addEdge(START, "Reader")
    .addEdge(START, "Writer")
    .compile();
  const { messages } = await graph.invoke({
    messages: [{ role: "user", content: "Take a note." }],
  });
  const said = messages.map(({ text }) => text);
  expect(said).toContain("Reader read Reader");
  expect(said).toContain("Writer read Writer");
  const { items } = await mesh.system.list();
  expect(items.map(({ key, author }) => [key, author])).toEqual([
    ["note of Reader", "Reader"],
    ["note of Writer", "Writer"],
  ]);
});
