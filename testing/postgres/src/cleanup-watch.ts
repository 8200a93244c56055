import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

/** A process that cleans up after this one if it ends without doing so. */
export interface CleanupWatch {
  /** Sets the process to stop; undefined for none. */
  runs(pid: number | undefined): void;
  /** Ends the watch without cleaning up. */
  end(): void;
}

/** @param directory the directory to delete; undefined for none */
export function watchForCleanup(directory: string | undefined): CleanupWatch {
  const script = fileURLToPath(new URL("./cleanup-process.ts", import.meta.url));
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [script, ...(directory ? [directory] : [])], {
    cwd: tmpdir(),
    detached: true,
    env,
    stdio: ["pipe", "ignore", "ignore"],
    windowsHide: true,
  });
  // Neither the child nor its failure may keep this process alive or end it.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.unref();
  (child.stdin as Socket).unref();
  return {
    runs: (pid) => void child.stdin.write(`${pid ?? ""}\n`),
    end: () => void child.stdin.end("\n"),
  };
}
