import { type ChildProcess, spawn } from "node:child_process";
import { atTestEnd } from "./test-end.ts";

export interface Writer {
  readonly child: ChildProcess;
  /** The lines of output so far. */
  readonly lines: () => readonly string[];
  readonly firstLine: Promise<void>;
  /** The exit code; null if it was killed. */
  readonly ended: Promise<number | null>;
}

/** Starts the writer as a process. */
export function startWriter(...args: readonly string[]): Writer {
  const script = new URL("writer.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  atTestEnd(() => void child.kill("SIGKILL"));
  let text = "";
  const firstLine = new Promise<void>((resolve) => {
    child.stdout.on("data", (bytes: Buffer) => {
      text += bytes.toString();
      if (text.includes("\n")) resolve();
    });
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code));
  });
  // A kill may have truncated the last line.
  return { child, lines: () => text.split("\n").slice(0, -1), firstLine, ended };
}
