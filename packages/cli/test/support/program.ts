import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Ended } from "./syntha.ts";

export const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

const NODE_ARGS = [MAIN];

export interface RunningProgram {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves once standard output has a text. */
  readonly printed: (text: string) => Promise<void>;
}

/** Starts the real program, which is killed when the test is over. */
export function startProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningProgram {
  return started(
    spawn(process.execPath, [...NODE_ARGS, ...args], { env: { ...process.env, ...env } }),
  );
}

/** Starts the real program with its output piped into a command of the shell. It runs as long as both do. */
export function startPipeline(args: readonly string[], reader: string): RunningProgram {
  return startScript(`"$@" | ${reader}`, args);
}

/** Starts the real program with its output written to a file. */
export function startRedirected(args: readonly string[], file: string): RunningProgram {
  return startScript(`"$@" > ${file}`, args);
}

function startScript(script: string, args: readonly string[]): RunningProgram {
  const words = [process.execPath, ...NODE_ARGS, ...args];
  const child = spawn("/bin/sh", ["-c", script, "sh", ...words], { detached: true });
  onTestFinished(() => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  });
  return started(child);
}

function started(child: ChildProcessWithoutNullStreams): RunningProgram {
  onTestFinished(() => void child.kill("SIGKILL"));
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = once(child, "close").then(([code]) => ({ code: code as number, out, err }));
  const tooEarly = ended.then(({ code }) => {
    throw new Error(`The program ended with ${code}, and printed:\n${out}${err}`);
  });
  tooEarly.catch(() => {});
  const printed = async (text: string): Promise<void> => {
    while (!out.includes(text)) await Promise.race([once(child.stdout, "data"), tooEarly]);
  };
  return { child, ended, printed };
}
