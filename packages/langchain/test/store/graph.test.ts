import { tool, type ToolRuntime } from "@langchain/core/tools";
import {
  type LangGraphRunnableConfig,
  MessagesAnnotation,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { playModel } from "@syntha/testing-model-server/vitest";
import { ToolHandler } from "@syntha/tools";
import { createAgent } from "langchain";
import { expect, it } from "vitest";
import * as z from "zod";
import { langchainTools, meshMiddleware } from "../../src/index.ts";
import { SynthaStore } from "../../src/store/index.ts";
import { chatModel } from "../tools/models.ts";
import { openMesh } from "./stores.ts";

const asked = (content: string) => ({ messages: [{ role: "user", content }] });

it("stores memories of a compiled graph across threads", async () => {
  const mesh = openMesh();
  const remember = async (
    { messages }: typeof MessagesAnnotation.State,
    { store }: LangGraphRunnableConfig,
  ) => {
    const visits = (await store?.get(["visits"], "count"))?.value["n"] ?? 0;
    await store?.put(["visits"], "count", { n: visits + 1 });
    const said = await store?.search(["visits"], { filter: { n: { $gte: 1 } } });
    return { messages: [{ role: "ai", content: `${messages.length} ${visits} ${said?.length}` }] };
  };
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("remember", remember)
    .addEdge(START, "remember")
    .compile({ store: new SynthaStore(mesh.system) });
  await graph.invoke(asked("Hello."));
  const { messages } = await graph.invoke(asked("Hello again."));
  expect(messages.at(-1)?.text).toBe("1 1 1");
  expect(await mesh.system.getAll()).toEqual({ "store/visits//count": { n: 2 } });
});

it("is available in the runtime of custom tools", async () => {
  const mesh = openMesh();
  const saveMemory = tool(
    async ({ text }: { text: string }, { store }: ToolRuntime) => {
      await (store as unknown as SynthaStore).put(["memories", "ada"], "1", { text });
      return "saved";
    },
    { name: "save_memory", description: "Saves a memory.", schema: z.object({ text: z.string() }) },
  );
  const handler = new ToolHandler(mesh.agent("Triage"));
  const server = await playModel(({ turns, results }) => {
    if (turns.length === 0) return { calls: [{ name: "save_memory", arguments: { text: "tea" } }] };
    if (turns.length === 1)
      return { calls: [{ name: "get_context", arguments: { prefix: "store/memories/ada/" } }] };
    return { text: results.at(-1) ?? "" };
  });
  const agent = createAgent({
    model: chatModel(server),
    tools: [saveMemory, ...langchainTools(handler)],
    middleware: [meshMiddleware(handler)],
    store: new SynthaStore(mesh.system, { route: { topics: ["memories"] } }),
  });
  await mesh.agent("Triage").subscribe(["memories"]);
  const { messages } = await agent.invoke(asked("I like tea."));
  expect(JSON.parse(messages.at(-1)?.text ?? "")).toMatchObject({
    context: { "store/memories/ada//1": { text: "tea" } },
  });
});
