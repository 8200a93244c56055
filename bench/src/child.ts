import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A program in another process that answers each number with a number. */
export class Child {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Resolves with its first message: then it is ready. */
  static async start(program: URL, args: readonly string[]): Promise<Child> {
    const child = new Child(fork(program, args, { execArgv: process.execArgv }));
    await child.#message();
    return child;
  }

  async ask(message: number): Promise<number> {
    const answer = this.#message();
    this.#process.send(message);
    return (await answer) as number;
  }

  /** Programs end when their channel is closed. */
  async end(): Promise<void> {
    const exit = once(this.#process, "exit");
    this.#process.disconnect();
    const [code] = (await exit) as [number | null];
    if (code !== 0) throw new Error(`The other process ended with code ${code}.`);
  }

  #message(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#process.off("message", answered);
        this.#process.off("exit", ended);
      };
      const answered = (message: unknown): void => {
        settle();
        resolve(message);
      };
      const ended = (code: number | null): void => {
        settle();
        reject(new Error(`The other process ended with code ${code}.`));
      };
      this.#process.on("message", answered);
      this.#process.on("exit", ended);
    });
  }
}
