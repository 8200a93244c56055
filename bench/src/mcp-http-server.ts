/** Serves the agent "Writer" of a database over HTTP: `node mcp-http-server.ts FILE`. Tells its parent the URL. */
import { ContextMesh } from "@syntha/core";
import { mcpHandler } from "@syntha/mcp";
import { listen } from "@syntha/mcp/node";
import { SqliteStorage } from "@syntha/storage-sqlite";

const [path = ""] = process.argv.slice(2);
const mesh = new ContextMesh({ storage: new SqliteStorage({ path }), sweepEvery: false });
const identity = { tenantId: mesh.tenantId, agent: "Writer" };
const handler = mcpHandler({ mesh: () => mesh, authenticate: () => identity });
const listener = await listen(handler, { host: "127.0.0.1", port: 0 });
process.send?.(listener.url);
process.once("disconnect", () => void listener.close().then(() => mesh.close()));
