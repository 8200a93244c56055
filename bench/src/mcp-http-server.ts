/** Serves the agent "Writer" of a database over HTTP: `node mcp-http-server.ts FILE`. Tells its parent the URL. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type NodeIncomingMessageLike, toNodeHandler } from "@modelcontextprotocol/node";
import { ContextMesh } from "@syntha/core";
import { mcpHandler } from "@syntha/mcp";
import { SqliteStorage } from "@syntha/storage-sqlite";

const [path = ""] = process.argv.slice(2);
const mesh = new ContextMesh({ storage: new SqliteStorage({ path }), sweepEvery: false });
const identity = { tenantId: mesh.tenantId, agent: "Writer" };
const handler = mcpHandler({ mesh: () => mesh, authenticate: () => identity });
const answer = toNodeHandler(handler);
const server = createServer(
  (request, response) => void answer(request as NodeIncomingMessageLike, response),
).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
process.send?.(`http://127.0.0.1:${port}/mcp`);
process.once("disconnect", () => {
  server.close();
  server.closeAllConnections();
  void handler.close().then(() => mesh.close());
});
