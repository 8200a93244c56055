import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

/** A process on watch that cleans up when this one has ended without doing so. */
export interface Reaping {
  /** Tells the process that has to be stopped then; undefined for none. */
  runs(pid: number | undefined): void;
  /** Ends the watch. */
  end(): void;
}

/** @param folder what has to be deleted then; undefined for nothing */
export function reaping(folder: string | undefined): Reaping {
  const script = fileURLToPath(new URL("./reaper.ts", import.meta.url));
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [script, ...(folder ? [folder] : [])], {
    cwd: tmpdir(),
    detached: true,
    env,
    stdio: ["pipe", "ignore", "ignore"],
    windowsHide: true,
  });
  // Neither the watch nor its failure may keep this process from ending.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.unref();
  (child.stdin as Socket).unref();
  return {
    runs: (pid) => void child.stdin.write(`${pid ?? ""}\n`),
    end: () => void child.stdin.end("\n"),
  };
}
