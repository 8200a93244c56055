import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A child process that a program has started. */
export class Member<M = unknown> {
  readonly process: ChildProcess;
  /** Its exit code, or the signal that ended it; all that it has said has been heard by then. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Settles with its first message, or its end. */
  readonly begun: Promise<void>;

  constructor(script: string, task: unknown, hear: (message: M) => void) {
    const path = fileURLToPath(new URL(`../children/${script}.ts`, import.meta.url));
    const args = ["--conditions=@syntha/source", path, JSON.stringify(task)];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.process = child;
    // Orders to one that was killed go nowhere.
    child.stdin.on("error", () => undefined);
    const closed = new Promise<number | NodeJS.Signals>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve(signal ?? code ?? -1));
    });
    const lines = createInterface({ input: child.stdout });
    const read = new Promise<void>((resolve) => lines.on("close", resolve));
    this.begun = new Promise<void>((resolve) => {
      lines.on("line", (line) => {
        const message = parse<M>(line);
        if (message === undefined) return;
        hear(message);
        resolve();
      });
      lines.on("close", resolve);
    });
    this.ended = read.then(() => closed);
  }

  order(name: string): void {
    this.process.stdin?.write(`${name}\n`);
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    this.process.kill(signal);
  }
}

/** The last line of one that was killed may have been cut short: that was not said. */
function parse<M>(line: string): M | undefined {
  try {
    return JSON.parse(line) as M;
  } catch {
    return undefined;
  }
}
