import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A child process of a program. */
export class Child<M = unknown> {
  readonly process: ChildProcess;
  /** The exit code or the signal that ended it, after all of its messages. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Resolves at its first message, or its end. */
  readonly started: Promise<void>;

  constructor(script: string, task: unknown, onMessage: (message: M) => void) {
    const path = fileURLToPath(new URL(`../children/${script}.ts`, import.meta.url));
    const args = [path, JSON.stringify(task)];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.process = child;
    // A command to a process that was killed is ignored.
    child.stdin.on("error", () => undefined);
    const closed = new Promise<number | NodeJS.Signals>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve(signal ?? code ?? -1));
    });
    const lines = createInterface({ input: child.stdout });
    const read = new Promise<void>((resolve) => lines.on("close", resolve));
    this.started = new Promise<void>((resolve) => {
      lines.on("line", (line) => {
        const message = parse<M>(line);
        if (message === undefined) return;
        onMessage(message);
        resolve();
      });
      lines.on("close", resolve);
    });
    this.ended = read.then(() => closed);
  }

  command(name: string): void {
    this.process.stdin?.write(`${name}\n`);
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    this.process.kill(signal);
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** Waits for the end of the process, and kills it after the timeout. */
  async endWithin(timeoutMs: number): Promise<number | NodeJS.Signals> {
    const timer = setTimeout(() => this.kill(), timeoutMs);
    return this.ended.finally(() => clearTimeout(timer));
  }

  stop(timeoutMs: number): Promise<number | NodeJS.Signals> {
    this.command("stop");
    return this.endWithin(timeoutMs);
  }
}

/** Waits until all children have started, and lets them begin at the same time. */
export async function startTogether(children: readonly Child[]): Promise<void> {
  await Promise.all(children.map(({ started }) => started));
  for (const child of children) child.command("go");
}

/** The last line of a killed process may be incomplete: it is not a message. */
function parse<M>(line: string): M | undefined {
  try {
    return JSON.parse(line) as M;
  } catch {
    return undefined;
  }
}
