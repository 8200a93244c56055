import { ERAS, type Era } from "./support/eras.ts";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { createMcpHandler } from "@modelcontextprotocol/server";
import { ContextMesh } from "@syntha/core";
import { expect, it, onTestFinished } from "vitest";
import { AgentServer } from "../src/agent/agent-server.ts";
import type { AgentServerOptions } from "../src/agent/options.ts";
import { connectBy } from "./support/connect.ts";

/** A client whose requests each reach another server, as over HTTP. */
async function connectHttp(mesh: ContextMesh, era: Era, options: AgentServerOptions) {
  const server = new AgentServer(mesh.agent("Claude"), options);
  const handler = createMcpHandler((context) => server.create(context));
  onTestFinished(() => handler.close());
  const transport = new StreamableHTTPClientTransport(new URL("http://localhost/mcp"), {
    fetch: (url, init) => handler.fetch(new Request(url, init)),
  });
  const capabilities = { elicitation: { form: {} } };
  return connectBy(transport, era, { capabilities }, (client) =>
    client.setRequestHandler("elicitation/create", () => ({ action: "accept" })),
  );
}

const remove = { name: "delete_context", arguments: { key: "plan" } };

it("asks the user of a client over HTTP", async () => {
  const mesh = new ContextMesh();
  await mesh.agent("Claude").push("plan", 1, { global: true });
  const { client, sent } = await connectHttp(mesh, "modern", { approval: "deny" });
  expect(await client.callTool(remove)).toMatchObject({ structuredContent: { success: true } });
  expect(await mesh.system.keys()).toEqual([]);
  const calls = sent.filter((message) => "method" in message && message.method === "tools/call");
  expect(calls).toHaveLength(2);
});

it("can't ask the user of an older client over HTTP, whose server knows no connection", async () => {
  const mesh = new ContextMesh();
  await mesh.agent("Claude").push("plan", 1, { global: true });
  const { client } = await connectHttp(mesh, "legacy", { approval: "deny" });
  const { content } = await client.callTool(remove);
  expect(content).toMatchObject([{ text: expect.stringContaining('"TOOL_DENIED"') }]);
  expect(await mesh.system.keys()).toEqual(["plan"]);
});

it.each(ERAS)("reports progress to a %s client over HTTP while it waits", async (era) => {
  const mesh = new ContextMesh();
  const { client } = await connectHttp(mesh, era, { toolsets: ["live"], progressEvery: 20 });
  let reports = 0;
  const answer = await client.callTool(
    { name: "wait_for_changes", arguments: { timeout_seconds: 60 } },
    {
      onprogress: () => {
        if (++reports === 2) void mesh.system.push("news", 1, { global: true });
      },
    },
  );
  expect(answer).toMatchObject({ structuredContent: { changes: [{ key: "news" }] } });
});

it.each(ERAS)("serves prompts to a %s client over HTTP", async (era) => {
  const mesh = new ContextMesh();
  await mesh.system.push("plan", "Ship it.", { global: true });
  const { client } = await connectHttp(mesh, era, {});
  const { messages } = await client.getPrompt({ name: "catch_up" });
  expect(JSON.stringify(messages)).toContain("Ship it.");
});
