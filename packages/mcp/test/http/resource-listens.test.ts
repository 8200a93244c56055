import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { AgentServer } from "../../src/agent/agent-server.ts";
import { staticTokens } from "../../src/index.ts";
import { vi } from "vitest";
import { connect, serve } from "../support/serve.ts";

it("announces to each agent over one handler what it sees, until its stream ends", async () => {
  const mesh = new ContextMesh();
  const servers = new Map<string, AgentServer>();
  const create = Reflect.get(AgentServer.prototype, "create") as AgentServer["create"];
  vi.spyOn(AgentServer.prototype, "create").mockImplementation(function (this: AgentServer, c) {
    servers.set(this.agent.name, this);
    return create.call(this, c);
  });
  const authenticate = await staticTokens({
    a: { token: "alice-secret-token-0001", agent: "Alice" },
    b: { token: "bobby-secret-token-0001", agent: "Bob" },
  });
  const url = await serve({ mesh: () => mesh, authenticate });
  const seen: Record<string, string[]> = { Alice: [], Bob: [] };
  const streams = [];
  for (const [name, token] of [
    ["Alice", "alice-secret-token-0001"],
    ["Bob", "bobby-secret-token-0001"],
  ] as const) {
    const client = await connect(url, { token });
    client.setNotificationHandler(
      "notifications/resources/updated",
      ({ params }) => void seen[name]?.push(params.uri),
    );
    streams.push(
      await client.listen({
        resourceSubscriptions: ["syntha://item/secret", "syntha://item/open"],
      }),
    );
  }
  await mesh.agent("Carol").push("secret", 1, { subscribers: ["Bob"] });
  await mesh.agent("Carol").push("open", 1, { global: true });
  await expect
    .poll(() => seen)
    .toEqual({
      Alice: ["syntha://item/open"],
      Bob: ["syntha://item/secret", "syntha://item/open"],
    });
  expect(servers.get("Alice")?.bus.isActive).toBe(true);
  await streams[0]?.close();
  await expect.poll(() => servers.get("Alice")?.bus.isActive).toBe(false);
  vi.restoreAllMocks();
});
