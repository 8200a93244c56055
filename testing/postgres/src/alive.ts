import { readFileSync } from "node:fs";

/** Whether a process runs. One that has ended and that nobody asked for its end does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    // Only Linux tells.
    return true;
  }
}
