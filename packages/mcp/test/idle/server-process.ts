/**
 * Serves agents over HTTP, and reports to its parent what it uses: `node --expose-gc server-process.ts FILE AGENTS`. Sends a
 * {@link Started}, then a {@link Usage} for each message.
 */
import { readdirSync, readlinkSync } from "node:fs";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { serveAgents } from "../support/agents-server.ts";
import type { Started, Usage } from "./usage.ts";

const [path = "", count = ""] = process.argv.slice(2);
const mesh = new ContextMesh({ tenantId: "acme", storage: new SqliteStorage({ path }) });
await mesh.system.push("news", 0, { global: true });
const server = await serveAgents(
  Array.from({ length: Number(count) }, (_, i) => ({ mesh, agent: `Agent ${i}` })),
);
process.on("message", (message) => {
  if (message === "measure") process.send?.(measure() satisfies Usage);
  else void mesh.system.push("news", Date.now());
});
process.once("disconnect", () => void server.close().then(() => mesh.close()));
process.send?.({ url: server.url.href, tokens: server.tokens } satisfies Started);

function measure(): Usage {
  // The first collection ends what finalizers hold.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return { bytes: heapUsed + external, files: openFiles() };
}

/** Undefined where a process can't list what it has open. */
function openFiles(): number | undefined {
  if (process.platform !== "linux") return undefined;
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
    } catch {
      return false;
    }
  }).length;
}
