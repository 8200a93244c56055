/** Serves the agent "Writer" of a database over stdio: `node mcp-server.ts FILE`. */
import { ContextMesh } from "@syntha/core";
import { serveStdio } from "@syntha/mcp/stdio";
import { SqliteStorage } from "@syntha/storage-sqlite";

const [path = ""] = process.argv.slice(2);
const mesh = new ContextMesh({ storage: new SqliteStorage({ path }), sweepEvery: false });
serveStdio(mesh.agent("Writer"));
process.stdin.once("close", () => void mesh.close());
