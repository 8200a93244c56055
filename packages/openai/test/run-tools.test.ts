import { ContextMesh } from "@syntha/core";
import { interceptCalls } from "@syntha/testing-model-server";
import { playModel } from "@syntha/testing-model-server/vitest";
import { ToolHandler } from "@syntha/tools";
import { APIUserAbortError } from "openai";
import { expect, it } from "vitest";
import { runnableTools } from "../src/index.ts";
import { clientOf, oldestClientOf, withSlowFirstWrite, writeThenRead } from "./support.ts";

const PARAMS = { model: "played", messages: [{ role: "user" as const, content: "Go." }] };

it.for([
  ["the newest SDK", clientOf],
  ["the oldest SDK", oldestClientOf],
] as const)("runs calls of one message in their order, with %s", async ([, connect]) => {
  const handler = new ToolHandler(withSlowFirstWrite(new ContextMesh().agent("Worker")));
  const client = connect(await playModel(writeThenRead));
  const tools = runnableTools(handler);
  for (const stream of [false, true] as const) {
    const runner = stream
      ? client.chat.completions.runTools({ ...PARAMS, tools, stream })
      : client.chat.completions.runTools({ ...PARAMS, tools });
    expect(await runner.finalContent()).toBe('{"a":"written"}');
  }
});

it("answers a call of a tool that was denied during the run", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const server = await playModel(({ results }) =>
    results.length === 0
      ? { calls: [{ name: "list_context", arguments: {} }] }
      : { text: JSON.parse(results[0] ?? "").code },
  );
  const runner = clientOf(server).chat.completions.runTools({
    ...PARAMS,
    tools: runnableTools(handler),
  });
  handler.deny.add("list_context");
  expect(await runner.finalContent()).toBe("TOOL_DENIED");
});

it("finishes a started write when the runner is aborted", async () => {
  const mesh = new ContextMesh();
  const handler = new ToolHandler(withSlowFirstWrite(mesh.agent("Worker")));
  const server = await playModel(writeThenRead);
  const runner = clientOf(server).chat.completions.runTools({
    ...PARAMS,
    tools: runnableTools(handler),
  });
  runner.on("functionToolCall", () => setTimeout(() => runner.abort(), 5));
  await expect(runner.finalContent()).rejects.toBeInstanceOf(APIUserAbortError);
  await expect.poll(() => mesh.system.keys()).toEqual(["a"]);
  expect(server.conversations).toHaveLength(1);
});

it.for([
  ["the newest SDK", clientOf],
  ["the oldest SDK", oldestClientOf],
] as const)("starts no queued call after an abort, with %s", async ([, connect]) => {
  const mesh = new ContextMesh();
  const handler = new ToolHandler(withSlowFirstWrite(mesh.agent("Worker")));
  const seen: string[] = [];
  const tools = runnableTools(
    interceptCalls(handler, (name) => {
      seen.push(name);
      runner.abort();
    }),
  );
  const client = connect(await playModel(writeThenRead));
  const runner = client.chat.completions.runTools({ ...PARAMS, tools });
  await expect(runner.finalContent()).rejects.toThrow(/abort/);
  await expect.poll(() => mesh.system.keys()).toEqual(["a"]);
  expect(seen).toEqual(["push_context"]);
});
