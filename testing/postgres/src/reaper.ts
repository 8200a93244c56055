// Outlives the process that started it, however that ended: its input ends then. Each line of the
// input is the id of the process that runs now, or empty if none does. What still runs at the end
// is stopped, and the folder in the first argument is deleted.
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "./alive.ts";

for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(signal, () => {});

let pid = 0;
for await (const line of createInterface({ input: process.stdin })) pid = Number(line);

if (pid > 0) {
  signal("SIGQUIT");
  const deadline = performance.now() + 7_000;
  while (isAlive(pid) && performance.now() < deadline) await sleep(10);
  signal("SIGKILL");
}
const folder = process.argv[2];
if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });

function signal(name: NodeJS.Signals): void {
  try {
    // The whole group: initdb has children of its own. Windows has neither groups nor signals.
    if (process.platform === "win32") process.kill(pid, "SIGKILL");
    else process.kill(-pid, name);
  } catch {
    // It has ended.
  }
}
