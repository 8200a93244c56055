import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Ended } from "./syntha.ts";

export const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

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
  const child = spawn(process.execPath, ["--conditions=@syntha/source", MAIN, ...args], {
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = once(child, "close").then(([code]) => ({ code: code as number, out, err }));
  const printed = async (text: string): Promise<void> => {
    while (!out.includes(text)) await once(child.stdout, "data");
  };
  return { child, ended, printed };
}
