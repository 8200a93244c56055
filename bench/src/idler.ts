import { setTimeout as sleep } from "node:timers/promises";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";

// Watches the file that the first argument names, if there is one, and does nothing else. Answers a number of seconds with
// the CPU time that this process takes in them, in microseconds.
const [, , path] = process.argv;
const mesh =
  path === undefined ? undefined : new ContextMesh({ storage: new SqliteStorage({ path }) });
await mesh?.agent("Watcher").watch({ initial: true }).next();
process.on("message", (seconds: number) => void idle(seconds));
process.once("disconnect", () => void mesh?.close());
process.send?.("ready");

async function idle(seconds: number): Promise<void> {
  const before = process.cpuUsage();
  await sleep(seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  process.send?.(user + system);
}
