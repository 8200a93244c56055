import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Client } from "@modelcontextprotocol/client";
import { onTestFinished } from "vitest";
import { newClient } from "./client.ts";
import type { Era } from "./eras.ts";
import { stdioTransport } from "./stdio-transport.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** Node's own arguments, then the program's. */
function nodeArgs(args: readonly string[]): string[] {
  return [PROGRAM, ...args];
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A run of the program, which is killed when the test is over. */
export interface RunningProgram {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** What it has written to standard error so far. */
  readonly err: () => string;
}

export function startProgram(args: readonly string[]): RunningProgram {
  const child = spawn(process.execPath, nodeArgs(args));
  onTestFinished(() => void child.kill("SIGKILL"));
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, out, err }));
  return { child, ended, err: () => err };
}

/** Runs the program with nothing on its standard input. */
export function runProgram(...args: string[]): Promise<Ended> {
  const { child, ended } = startProgram(args);
  child.stdin.end();
  return ended;
}

/** The official client over stdio, connected until the test is over. */
export async function connectStdio(args: readonly string[], era: Era = "modern"): Promise<Client> {
  const client = newClient(era);
  await client.connect(stdioTransport(nodeArgs(args)));
  onTestFinished(() => client.close());
  return client;
}
