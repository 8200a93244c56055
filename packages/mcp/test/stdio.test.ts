import { Client, InMemoryTransport } from "@modelcontextprotocol/client";
import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { serveStdio } from "../src/stdio.ts";

it.each(["legacy", "modern"] as const)(
  "serves the tools of an agent to a %s client",
  async (era) => {
    const mesh = new ContextMesh();
    const [near, far] = InMemoryTransport.createLinkedPair();
    const handle = serveStdio(mesh.agent("Claude"), { transport: far });
    const client = new Client(
      { name: "test", version: "1" },
      era === "modern" ? { versionNegotiation: { mode: "auto" } } : {},
    );
    await client.connect(near);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("push_context");
    const pushed = await client.callTool({
      name: "push_context",
      arguments: { key: "plan", value: "Ship it.", global: true },
    });
    expect(pushed).toMatchObject({
      structuredContent: { success: true, key: "plan", revision: 1 },
    });
    expect(await mesh.system.get("plan")).toBe("Ship it.");
    await client.close();
    await handle.close();
  },
);
