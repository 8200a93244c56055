import { PassThrough } from "node:stream";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { ContextMesh } from "@syntha/core";
import { expect, it, onTestFinished } from "vitest";
import { AgentServer } from "../src/agent/agent-server.ts";
import { ConnectionChanges } from "../src/changes/connection-changes.ts";
import { itemUri } from "../src/resources/resource-uri.ts";
import { until } from "./support/until.ts";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly uri?: string; readonly _meta?: Record<string, unknown> };
  readonly result?: { readonly contents?: readonly { readonly text: string }[] };
}

const ENVELOPE = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "slow", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

it.each(["legacy", "modern"])(
  "sums up what a %s client did not read, and keeps a bounded number of messages",
  async (era) => {
    const mesh = new ContextMesh();
    const [input, output] = [new PassThrough(), new PassThrough()];
    const server = new AgentServer(mesh.agent("Bob"), {});
    const connection = new StdioServerTransport(input, output);
    const changes = new ConnectionChanges(server.bus, connection);
    const handle = serveStdio((context) => changes.attach(server.create(context), context), {
      transport: changes.transport,
    });
    onTestFinished(() => handle.close());
    let isAllReported = false;
    server.bus.subscribe((event) => {
      isAllReported ||= event.kind === "resource_updated" && event.uri === itemUri("rare");
    });
    const send = (message: object): void =>
      void input.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    let text = "";
    const messages = (): Message[] =>
      text
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Message);
    const read = (bytes: Buffer): void => {
      text += bytes.toString();
    };
    output.on("data", read);
    const uris = [itemUri("counter"), itemUri("rare")];
    const isLegacy = era === "legacy";
    if (isLegacy) {
      const clientInfo = { name: "slow", version: "1" };
      const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
      send({ id: 1, method: "initialize", params });
      send({ method: "notifications/initialized" });
      for (const [i, uri] of uris.entries())
        send({ id: 2 + i, method: "resources/subscribe", params: { uri } });
      await until(() => messages().length === 3);
    } else {
      const notifications = { resourcesListChanged: true, resourceSubscriptions: uris };
      const params = { _meta: ENVELOPE, notifications };
      send({ id: 1, method: "subscriptions/listen", params });
      await until(() => messages().length === 1);
    }
    const answers = messages().length;
    output.off("data", read);
    output.pause();
    const writes = 4_000;
    for (let i = 0; i < writes; i++) await mesh.system.push("counter", i, { global: true });
    await mesh.system.push("rare", 1, { global: true });
    await until(() => isAllReported);
    expect(changes.transport.pending).toBeGreaterThan(100);
    expect(changes.transport.pending).toBeLessThan(1_100);
    output.on("data", read);
    output.resume();
    await until(() => messages().some(({ params }) => params?.uri === uris[1]));
    await until(() => messages().at(-1)?.method === "notifications/resources/list_changed");
    const notices = messages().slice(answers);
    expect(notices.length).toBeLessThan(2_000);
    // The first notice of an item that the client had no notice of before: it says that some may have been left out.
    const summary = notices.find(({ params }) => params?.uri === uris[1]);
    const cursor = summary?.params?._meta?.["dev.syntha/cursor"] as string;
    const uri = `syntha://changes?since=${cursor}`;
    const _meta = isLegacy ? {} : { _meta: ENVELOPE };
    send({ id: 9, method: "resources/read", params: { uri, ..._meta } });
    await until(() => messages().some(({ id }) => id === 9));
    const result = messages().find(({ id }) => id === 9)?.result;
    const page = JSON.parse(result?.contents?.[0]?.text ?? "") as { changes: unknown[] };
    // What was left out follows the cursor.
    expect(page.changes.length).toBeGreaterThan(0);
  },
);
