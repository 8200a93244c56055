/** The messages between a child process and its program; `child.ts` is the side of the program. */
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Address } from "./database.ts";

export interface ChildTask {
  readonly address: Address;
  /** Unique to the process. */
  readonly name: string;
}

/** The task that the parent passed to this process. */
export function readTask<T>(): T {
  return JSON.parse(process.argv[2] ?? "{}") as T;
}

/** Sends a message to the parent, which receives it even if this process is killed right after the call. */
export function send<M>(message: M): void {
  // process.stdout may buffer.
  writeSync(1, `${JSON.stringify(message)}\n`);
}

const waiting = new Map<string, () => void>();
const received = new Set<string>();
let isListening = false;

/** Resolves once the parent has sent the command. Without a parent, this process exits. */
export function command(name: string): Promise<void> {
  if (!isListening) listen();
  if (received.has(name)) return Promise.resolve();
  return new Promise((resolve) => waiting.set(name, resolve));
}

function listen(): void {
  isListening = true;
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      received.add(line);
      waiting.get(line)?.();
    })
    .on("close", () => process.exit(0));
}
