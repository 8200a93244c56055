import { Agent, OpenAIProvider, Runner } from "@openai/agents";
import { ContextMesh } from "@syntha/core";
import { callOnce, type ModelServer, interceptCalls } from "@syntha/testing-model-server";
import { playModel } from "@syntha/testing-model-server/vitest";
import { type ToolCaller, ToolHandler } from "@syntha/tools";
import { expect, it } from "vitest";
import { agentTools, type AgentToolsOptions } from "../src/agents.ts";
import { clientOf, withSlowFirstWrite, writeThenRead } from "./support.ts";

const runnerOf = (server: ModelServer) =>
  new Runner({
    modelProvider: new OpenAIProvider({ openAIClient: clientOf(server), useResponses: true }),
    tracingDisabled: true,
  });

const agentOf = (handler: ToolCaller, options?: AgentToolsOptions) =>
  new Agent({ name: "Worker", model: "played", tools: agentTools(handler, options) });

it("runs calls of one message in their order", async () => {
  const handler = new ToolHandler(withSlowFirstWrite(new ContextMesh().agent("Worker")));
  const runner = runnerOf(await playModel(writeThenRead));
  const { finalOutput } = await runner.run(agentOf(handler), "Go.");
  expect(finalOutput).toBe('{"a":"written"}');
});

it("requests approval by effect and runs only approved calls", async () => {
  const mesh = new ContextMesh();
  const handler = new ToolHandler(mesh.agent("Worker"));
  const agent = agentOf(handler, { needsApproval: ["write", "destroy"] });
  const push = (key: string) => ({
    name: "push_context",
    arguments: { key, value: "1", global: true },
  });
  const server = await playModel(({ results }) =>
    results.length === 0
      ? { calls: [push("yes"), push("no"), { name: "list_context", arguments: {} }] }
      : { text: results.join("\n") },
  );
  const runner = runnerOf(server);
  let result = await runner.run(agent, "Go.");
  expect(result.interruptions.map(({ name }) => name)).toEqual(["push_context", "push_context"]);
  expect(await mesh.system.keys()).toEqual([]);
  const [yes, no] = result.interruptions;
  if (yes === undefined || no === undefined) throw new Error("No call waits for approval.");
  result.state.approve(yes);
  result.state.reject(no);
  result = await runner.run(agent, result.state);
  expect(await mesh.system.keys()).toEqual(["yes"]);
  expect(result.finalOutput).toMatch(/"key":"yes"[^]*not approved/);
});

it("needs no approval and is strict by default", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const plain = agentTools(handler);
  expect(plain.every(({ strict }) => strict)).toBe(true);
  expect(agentTools(handler, { strict: false }).some(({ strict }) => strict)).toBe(false);
  const server = await playModel(writeThenRead);
  const { interruptions } = await runnerOf(server).run(agentOf(handler), "Go.");
  expect(interruptions).toEqual([]);
});

it("lets the runner decide about calls of unknown tools", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const server = await playModel(callOnce({ name: "send_email", arguments: {} }));
  const runner = runnerOf(server);
  await expect(runner.run(agentOf(handler), "Go.")).rejects.toThrow(/send_email not found/);
  const { finalOutput } = await runner.run(agentOf(handler), "Go.", {
    toolNotFoundBehavior: "return_error_to_model",
  });
  expect(finalOutput).toMatch(/not found/);
});

it("answers a call of a tool that was denied during the run", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const agent = agentOf(handler);
  handler.deny.add("list_context");
  const server = await playModel(({ results }) =>
    results.length === 0
      ? { calls: [{ name: "list_context", arguments: {} }] }
      : { text: JSON.parse(results[0] ?? "").code },
  );
  expect((await runnerOf(server).run(agent, "Go.")).finalOutput).toBe("TOOL_DENIED");
});

it("passes call ids and starts no queued call after an abort", async () => {
  const mesh = new ContextMesh();
  const handler = new ToolHandler(withSlowFirstWrite(mesh.agent("Worker")));
  const controller = new AbortController();
  const seen: unknown[] = [];
  const agent = agentOf(
    interceptCalls(handler, (name, _args, origin) => {
      seen.push([name, origin?.id]);
      controller.abort();
    }),
  );
  const { signal } = controller;
  const run = runnerOf(await playModel(writeThenRead)).run(agent, "Go.", { signal });
  await expect(run).rejects.toThrow(/abort/i);
  await expect.poll(() => mesh.system.keys()).toEqual(["a"]);
  expect(seen).toEqual([["push_context", expect.stringMatching(/^call_/)]]);
});
