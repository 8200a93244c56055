import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Program, Run } from "./run-programs.ts";

/** The folder of the repository. */
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const main = fileURLToPath(new URL("run-programs.ts", import.meta.url));

/** A process that runs programs in turn, so that they load the libraries once. If a program ends it, the next one gets another. */
export class ProgramProcess {
  readonly #env: NodeJS.ProcessEnv;
  readonly #mostMs: number;
  #child: ChildProcess | undefined;
  #stderr = "";
  #last: Promise<unknown> = Promise.resolve();

  /** @param mostMs a bound for a program that hangs */
  constructor(env: NodeJS.ProcessEnv, mostMs: number) {
    this.#env = env;
    this.#mostMs = mostMs;
  }

  /** Runs a module until nothing is left that would keep a process of its own alive. */
  run(program: Program): Promise<Run> {
    const run = this.#last.then(() => this.#run(program));
    this.#last = run;
    return run;
  }

  /** Resolves when the process has ended by itself. */
  async end(): Promise<void> {
    if (this.#child === undefined) return;
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }

  #run(program: Program): Promise<Run> {
    const child = (this.#child ??= this.#start());
    this.#stderr = "";
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill(), this.#mostMs);
      const end = (run: Run) => {
        clearTimeout(timer);
        child.off("close", onClose).off("message", end);
        resolve(run);
      };
      const onClose = (code: number | null, signal: string | null) => {
        this.#child = undefined;
        end({
          error: `It ended with ${code ?? signal}:\n${this.#stderr}`,
          stdout: "",
          stderr: this.#stderr,
        });
      };
      child.on("close", onClose).on("message", end);
      child.send(program);
    });
  }

  #start(): ChildProcess {
    const child = fork(main, {
      cwd: root,
      // Not those of the test.
      execArgv: [],
      env: { ...process.env, ...this.#env },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child.stderr?.on("data", (bytes: Buffer) => (this.#stderr += bytes.toString()));
    return child;
  }
}
