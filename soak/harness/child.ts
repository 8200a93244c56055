/** What a child process of a program uses; its parent's side is `crew.ts`. */
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

/** What the parent told it to do. */
export function taskOf<T>(): T {
  return JSON.parse(process.argv[2] ?? "{}") as T;
}

/** Tells the parent. When this returns, the parent gets it, also if this process is killed the moment after. */
export function say(message: unknown): void {
  // Not through process.stdout, which may keep it for later.
  writeSync(1, `${JSON.stringify(message)}\n`);
}

const waiting = new Map<string, () => void>();
const given = new Set<string>();
let isListening = false;

/** Settles when the parent gives the order, or has given it. Without a parent, this process ends. */
export function order(name: string): Promise<void> {
  if (!isListening) listen();
  if (given.has(name)) return Promise.resolve();
  return new Promise((resolve) => waiting.set(name, resolve));
}

function listen(): void {
  isListening = true;
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      given.add(line);
      waiting.get(line)?.();
    })
    .on("close", () => process.exit(0));
}
