import { type ChildProcess, fork } from "node:child_process";

import { DeskError } from "../desk/desk-error.ts";
import { type Tally, WorkMeter } from "../measure/work-meter.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./messages.ts";
import { WORKER_FLAG } from "./work-for-parent.ts";

/** A worker that was asked to stop, and tells nothing for this long, is killed. */
const SILENCE_MS = 10_000;

/** One process from its start to its end, as its parent sees it. */
export class WorkerProcess {
  /** Which of the desk's places it has, from 1. */
  readonly place: number;
  /** How it ended when nobody asked it to: a signal's name or an exit code. Undefined while it lives, or ended in order. */
  death: string | undefined;
  readonly #child: ChildProcess;
  #tally: Tally = new WorkMeter().tally();
  #failure: DeskError | undefined;
  #heardAt = performance.now();
  #isStopping = false;

  constructor(program: string, place: number, settings: WorkerSettings) {
    this.place = place;
    this.#child = fork(program, [WORKER_FLAG], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#child.on("message", (message: FromWorker) => {
      this.#heardAt = performance.now();
      if (message.type === "ready")
        this.#tell(this.#isStopping ? { type: "stop" } : { type: "start", settings });
      else if (message.type === "tally") this.#tally = message.tally;
      else this.#failure = new DeskError(message.message, message.hint);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it did, as it last told. */
  get meter(): WorkMeter {
    const meter = new WorkMeter();
    meter.include(this.#tally);
    return meter;
  }

  /**
   * Resolves when it has ended: `death` tells whether in order.
   *
   * @throws DeskError when it could not work for a reason that another process would meet as well
   */
  async ended(signal: AbortSignal): Promise<void> {
    const child = this.#child;
    const kill = (): void => void child.kill("SIGKILL");
    // Nobody is left behind when this process has to end at once.
    // Before the mesh's file is removed, where it is a temporary one.
    process.prependOnceListener("exit", kill);
    const isOver = new AbortController();
    const stop = (): void => this.#stop(isOver.signal);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true, signal: isOver.signal });
    try {
      // "close" comes behind the last message.
      const [code, name] = await new Promise<[number | null, NodeJS.Signals | null]>(
        (resolve, reject) => {
          child.once("error", reject);
          child.once("close", (...end) => resolve(end));
        },
      );
      if (this.#failure !== undefined) throw this.#failure;
      if (code !== 0) this.death = name ?? `exit code ${code}`;
    } finally {
      isOver.abort();
      process.off("exit", kill);
    }
  }

  #stop(over: AbortSignal): void {
    this.#heardAt = performance.now();
    this.#isStopping = true;
    this.#tell({ type: "stop" });
    const look = setInterval(() => {
      if (performance.now() - this.#heardAt > SILENCE_MS) this.#child.kill("SIGKILL");
    }, SILENCE_MS / 10);
    over.addEventListener("abort", () => clearInterval(look), { once: true });
  }

  #tell(message: ToWorker): void {
    // What a process that has just died is not told, nobody misses.
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}
