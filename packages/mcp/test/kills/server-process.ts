/** Serves an agent over stdio: `node server-process.ts FILE AGENT`. */
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { serveStdio } from "../../src/stdio.ts";

const [path = "", agent = ""] = process.argv.slice(2);
const mesh = new ContextMesh({ tenantId: "acme", storage: new SqliteStorage({ path }) });
serveStdio(mesh.agent(agent), { toolsets: ["context", "tasks", "events", "live"] });
process.stdin.once("close", () => void mesh.close());
