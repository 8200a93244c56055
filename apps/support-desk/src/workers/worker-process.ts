import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

import type { Tally } from "../desk/meter.ts";
import { DeskError } from "../desk-error.ts";
import type { Settings } from "../desk/decision-maker.ts";
import { type FromWorker, type ToWorker, WORKER_FLAG } from "./worker.ts";

/** A worker that is stopping is killed after this time without a message. */
const MAX_SILENCE_MS = 10_000;

/** One worker from its start to its end, as its parent sees it. */
export class WorkerProcess {
  /** Its position among the desk's workers, from 1. */
  readonly place: number;
  /** What ended it unasked: a signal's name or an exit code. */
  death: string | undefined;
  tally: Tally = [];
  readonly #child: ChildProcess;
  #failure: DeskError | undefined;
  #lastMessageAt = 0;

  constructor(program: string, place: number, settings: Settings) {
    this.place = place;
    this.#child = fork(program, [WORKER_FLAG], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#child.on("message", (message: FromWorker) => {
      this.#lastMessageAt = performance.now();
      if ("tally" in message) this.tally = message.tally;
      else this.#failure = new DeskError(message.message, message.hint);
    });
    this.#send(settings);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when it has ended. @throws DeskError for a reason that would end its successor too */
  async ended(signal: AbortSignal): Promise<void> {
    const kill = (): void => void this.#child.kill("SIGKILL");
    // Before a temporary mesh file is removed.
    process.prependOnceListener("exit", kill);
    let watching: NodeJS.Timeout | undefined;
    const stop = (): void => {
      this.#lastMessageAt = performance.now();
      this.#send("stop");
      watching = setInterval(() => {
        if (performance.now() - this.#lastMessageAt > MAX_SILENCE_MS) kill();
      }, MAX_SILENCE_MS / 10);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    try {
      // "close" follows the last message.
      const [code, name] = (await once(this.#child, "close")) as [number | null, string | null];
      if (this.#failure !== undefined) throw this.#failure;
      if (code !== 0) this.death = name ?? `exit code ${code}`;
    } finally {
      clearInterval(watching);
      signal.removeEventListener("abort", stop);
      process.off("exit", kill);
    }
  }

  #send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}
