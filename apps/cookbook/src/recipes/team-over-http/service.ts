import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { type Storage, TenantRegistry } from "@syntha/core";
import { mcpHandler } from "@syntha/mcp";
import { createApp } from "./app.ts";
import type { Tokens } from "./tokens.ts";

export interface Service extends AsyncDisposable {
  readonly url: string;
}

/** One server for the agents of all tenants. */
export async function startService(storage: Storage, tokens: Tokens): Promise<Service> {
  const tenants = new TenantRegistry({ storage });
  const mcp = mcpHandler({
    mesh: tenants,
    authenticate: tokens.authenticate,
    toolsets: ["context", "tasks"],
  });
  const server = createAdaptorServer(createApp({ tokens, tenants, mcp })) as Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      await mcp.close();
      server.closeAllConnections();
      await closed;
      await tenants.close();
    },
  };
}
