import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { serveStdio } from "../../src/stdio.ts";

const [path = "", agent = "", approvalKey] = process.argv.slice(2);
const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
serveStdio(mesh.agent(agent), {
  role: "admin",
  toolsets: ["context", "tasks", "live", "admin"],
  progressEvery: 50,
  ...(approvalKey !== undefined && { approvalKey }),
});
