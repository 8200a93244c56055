import type { Server, ServerEventBus } from "@modelcontextprotocol/server";
import { onTestFinished, vi } from "vitest";
import { AgentServer } from "../../src/agent/agent-server.ts";

/**
 * Until the test is over, servers say that their tools may change, so that there is something to listen for. Returns the buses
 * of the servers that were made, by agent.
 */
export function listenable(): Map<string, ServerEventBus> {
  const buses = new Map<string, ServerEventBus>();
  const create = Reflect.get(AgentServer.prototype, "create") as AgentServer["create"];
  const spy = vi.spyOn(AgentServer.prototype, "create");
  spy.mockImplementation(function (this: AgentServer, context): Server {
    const server = create.call(this, context);
    server.registerCapabilities({ tools: { listChanged: true } });
    buses.set(this.agent.name, this.bus);
    return server;
  });
  onTestFinished(() => spy.mockRestore());
  return buses;
}
