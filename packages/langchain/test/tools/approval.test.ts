import { Command, MemorySaver } from "@langchain/langgraph";
import { ContextMesh } from "@syntha/core";
import { playModel } from "@syntha/testing-model-server/vitest";
import { ToolHandler } from "@syntha/tools";
import { type AgentMiddleware, createAgent, humanInTheLoopMiddleware } from "langchain";
import { expect, it } from "vitest";
import { interruptOn, langchainTools, meshMiddleware } from "../../src/index.ts";
import { chatModel } from "./models.ts";

// Its type accepts no options under `exactOptionalPropertyTypes`.
const askFirst = humanInTheLoopMiddleware as unknown as (options: {
  interruptOn: Record<string, boolean>;
}) => AgentMiddleware;

/** An agent that waits for approval of deleting the plan. */
async function waiting() {
  const mesh = new ContextMesh();
  const writer = mesh.agent("Writer");
  await writer.pushMany([
    { key: "plan", value: "A", global: true },
    { key: "draft", value: "B", global: true },
  ]);
  const server = await playModel(({ turns, results }) => {
    if (turns.length === 0)
      return { calls: [{ name: "get_context", arguments: { keys: ["plan"] } }] };
    if (turns.length === 1)
      return { calls: [{ name: "delete_context", arguments: { key: "plan" } }] };
    return { text: results.at(-1) ?? "" };
  });
  const handler = new ToolHandler(writer);
  const agent = createAgent({
    model: chatModel(server),
    tools: langchainTools(handler),
    middleware: [askFirst({ interruptOn: interruptOn(handler) }), meshMiddleware(handler)],
    checkpointer: new MemorySaver(),
  });
  const thread = { configurable: { thread_id: "1" } };
  const state = await agent.invoke({ messages: [{ role: "user", content: "Clean up." }] }, thread);
  expect(state.__interrupt__).toMatchObject([
    { value: { actionRequests: [{ name: "delete_context", args: { key: "plan" } }] } },
  ]);
  expect(await writer.keys()).toEqual(["draft", "plan"]);
  const decide = async (decision: object): Promise<string> => {
    const resume = new Command({ resume: { decisions: [decision] } });
    const { messages } = await agent.invoke(resume, thread);
    return messages.at(-1)?.text ?? "";
  };
  return { writer, decide };
}

it("deletes after approval", async () => {
  const { writer, decide } = await waiting();
  expect(JSON.parse(await decide({ type: "approve" }))).toMatchObject({ success: true });
  expect(await writer.keys()).toEqual(["draft"]);
});

it("deletes nothing after a rejection and passes on the reason", async () => {
  const { writer, decide } = await waiting();
  expect(await decide({ type: "reject", message: "We still need it." })).toBe("We still need it.");
  expect(await writer.keys()).toEqual(["draft", "plan"]);
});

it("runs the edited call", async () => {
  const { writer, decide } = await waiting();
  const editedAction = { name: "delete_context", args: { key: "draft" } };
  expect(JSON.parse(await decide({ type: "edit", editedAction }))).toMatchObject({ success: true });
  expect(await writer.keys()).toEqual(["plan"]);
});
