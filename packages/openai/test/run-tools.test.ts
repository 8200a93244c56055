import { ContextMesh } from "@syntha/core";
import { overhear } from "@syntha/testing-model-server";
import { playModel } from "@syntha/testing-model-server/vitest";
import { ToolHandler } from "@syntha/tools";
import { APIUserAbortError } from "openai";
import { expect, it } from "vitest";
import { runnableTools } from "../src/index.ts";
import { clientOf, clientOf6, slowFirst, writeThenRead } from "./support.ts";

const ASKED = { model: "played", messages: [{ role: "user" as const, content: "Go." }] };

it.for([
  ["the newest SDK", clientOf],
  ["the oldest SDK", clientOf6],
] as const)("runs calls of one message in their order, with %s", async ([, reach]) => {
  const handler = new ToolHandler(slowFirst(new ContextMesh().agent("Worker")));
  const client = reach(await playModel(writeThenRead));
  const tools = runnableTools(handler);
  for (const stream of [false, true] as const) {
    const runner = stream
      ? client.chat.completions.runTools({ ...ASKED, tools, stream })
      : client.chat.completions.runTools({ ...ASKED, tools });
    expect(await runner.finalContent()).toBe('{"a":"written"}');
  }
});

it("tells the model that a tool was taken away while it runs", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const server = await playModel(({ results }) =>
    results.length === 0
      ? { calls: [{ name: "list_context", arguments: {} }] }
      : { text: JSON.parse(results[0] ?? "").code },
  );
  const runner = clientOf(server).chat.completions.runTools({
    ...ASKED,
    tools: runnableTools(handler),
  });
  handler.deny.add("list_context");
  expect(await runner.finalContent()).toBe("TOOL_DENIED");
});

it("ends with the runner, and finishes a write that has begun", async () => {
  const mesh = new ContextMesh();
  const handler = new ToolHandler(slowFirst(mesh.agent("Worker")));
  const server = await playModel(writeThenRead);
  const runner = clientOf(server).chat.completions.runTools({
    ...ASKED,
    tools: runnableTools(handler),
  });
  runner.on("functionToolCall", () => setTimeout(() => runner.abort(), 5));
  await expect(runner.finalContent()).rejects.toBeInstanceOf(APIUserAbortError);
  await expect.poll(() => mesh.system.keys()).toEqual(["a"]);
  expect(server.conversations).toHaveLength(1);
});

it.for([
  ["the newest SDK", clientOf],
  ["the oldest SDK", clientOf6],
] as const)("begins no call that waits when the runner is aborted, with %s", async ([, reach]) => {
  const mesh = new ContextMesh();
  const handler = new ToolHandler(slowFirst(mesh.agent("Worker")));
  const heard: string[] = [];
  const tools = runnableTools(
    overhear(handler, (name) => {
      heard.push(name);
      runner.abort();
    }),
  );
  const client = reach(await playModel(writeThenRead));
  const runner = client.chat.completions.runTools({ ...ASKED, tools });
  await expect(runner.finalContent()).rejects.toThrow(/abort/);
  await expect.poll(() => mesh.system.keys()).toEqual(["a"]);
  expect(heard).toEqual(["push_context"]);
});
