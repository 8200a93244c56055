// Outlives the process that started it: its input ends when that process ends. Each line of the
// input is the id of the process that is running, or empty if none is. At the end of the input,
// that process is stopped, and the directory in the first argument is deleted.
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "./process-state.ts";

for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(signal, () => {});

let pid = 0;
for await (const line of createInterface({ input: process.stdin })) pid = Number(line);

if (pid > 0) {
  signal("SIGQUIT");
  const deadline = performance.now() + 7_000;
  while (isAlive(pid) && performance.now() < deadline) await sleep(10);
  signal("SIGKILL");
}
const directory = process.argv[2];
if (directory)
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });

function signal(name: NodeJS.Signals): void {
  try {
    // The process group, as initdb has children. Windows has neither groups nor signals.
    if (process.platform === "win32") process.kill(pid, "SIGKILL");
    else process.kill(-pid, name);
  } catch {
    // The process has ended.
  }
}
