import { type ChildProcess, spawn } from "node:child_process";
import { onTestFinished } from "vitest";

export interface Writer {
  readonly child: ChildProcess;
  /** Lines of its output so far. */
  readonly lines: () => readonly string[];
  readonly firstLine: Promise<void>;
  /** Its exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
}

/** Starts the writer in a separate process, with the default driver. */
export function startWriter(...args: readonly string[]): Writer {
  return startWriterBy("better-sqlite3", ...args);
}

/** @param driver Its name. */
export function startWriterBy(driver: string, ...args: readonly string[]): Writer {
  const script = new URL("writer.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, DRIVER: driver, NODE_NO_WARNINGS: "1" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
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
  // A kill may truncate the last line.
  return { child, lines: () => text.split("\n").slice(0, -1), firstLine, ended };
}
