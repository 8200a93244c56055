import { ContextMesh } from "@syntha/core";
import { expect, it, onTestFinished, vi } from "vitest";
import { AgentServer } from "../../src/agent/agent-server.ts";
import { itemUri, staticTokens } from "../../src/index.ts";
import { collectNotices } from "../support/resource-client.ts";
import { connect, serve } from "../support/serve.ts";

const TOKENS = { Alice: "alice-secret-token-0001", Bob: "bobby-secret-token-0001" };

/** Until the test is over, returns the servers of agents by name. */
function collectServers(): ReadonlyMap<string, AgentServer> {
  const servers = new Map<string, AgentServer>();
  const create = Reflect.get(AgentServer.prototype, "create") as AgentServer["create"];
  const spy = vi.spyOn(AgentServer.prototype, "create");
  spy.mockImplementation(function (this: AgentServer, context) {
    servers.set(this.agent.name, this);
    return create.call(this, context);
  });
  onTestFinished(() => spy.mockRestore());
  return servers;
}

it("announces to each agent over one handler what it sees, and watches while it listens", async () => {
  const mesh = new ContextMesh();
  const servers = collectServers();
  const authenticate = await staticTokens({
    a: { token: TOKENS.Alice, agent: "Alice" },
    b: { token: TOKENS.Bob, agent: "Bob" },
  });
  const url = await serve({ mesh: () => mesh, authenticate });
  const listen = async (token: string) => {
    const client = await connect(url, { token });
    const notices = collectNotices(client);
    const stream = await client.listen({
      resourcesListChanged: true,
      resourceSubscriptions: [itemUri("secret"), itemUri("open")],
    });
    return { notices, stream };
  };
  const [alice, bob] = [await listen(TOKENS.Alice), await listen(TOKENS.Bob)];
  await mesh.agent("Carol").push("secret", 1, { subscribers: ["Bob"] });
  await mesh.agent("Carol").push("open", 1, { global: true });
  const namesIn = ({ notices }: typeof alice) =>
    new Set(notices.map(({ uri, method }) => uri ?? method));
  const ofAlice = new Set([itemUri("open"), "list_changed"]);
  await expect.poll(() => namesIn(alice)).toEqual(ofAlice);
  await expect.poll(() => namesIn(bob)).toEqual(new Set([itemUri("secret"), ...ofAlice]));
  expect(namesIn(alice)).toEqual(ofAlice);
  for (const { cursor } of [...alice.notices, ...bob.notices]) expect(cursor).toMatch(/^c1\./);
  const isWatching = (name: string) => servers.get(name)?.bus.isActive;
  expect(isWatching("Alice")).toBe(true);
  await alice.stream.close();
  await expect.poll(() => isWatching("Alice")).toBe(false);
  expect(isWatching("Bob")).toBe(true);
});
