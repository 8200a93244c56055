import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { isSynthaError } from "@syntha/core";
import { Jobs } from "./desk/jobs.ts";
import { DeskError } from "./desk-error.ts";
import type { Usage } from "./model/usage.ts";

/** With this argument first, the program is a worker of the process that started it. */
export const WORKER_FLAG = "--as-worker";

/** A failure would end the next worker too, so it ends the desk. */
type Message = { usage: Usage } | { failure: { message: string; hint: string } };

/** After this many deaths in one place the desk ends. */
const MAX_DEATHS = 10;
/** Multiplied by the deaths, so that a worker that dies at once does not keep the machine busy. */
const PAUSE_MS = 100;
/** How long a worker may take to finish after its parent died. */
const MAX_STOP_MS = 10_000;

export type WorkersOptions = {
  /** The program and its arguments. */
  command: readonly [program: string, ...args: string[]];
  say: (line: string) => void;
  onUsage: (usage: Usage) => void;
  /** How long a worker may take to finish after it was asked to. Default: as long as after its parent died. */
  stopMs?: number;
};

/** Other processes that run the same program on the same storage. One that dies is replaced. */
export class Workers {
  deaths = 0;
  readonly #options: WorkersOptions;

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  /** Works until the signal is aborted. */
  async takeTasks(count: number, parent: AbortSignal): Promise<void> {
    const jobs = new Jobs(parent);
    for (let place = 1; place <= count; place++) jobs.start(this.#keep(place, jobs.signal));
    await jobs.finish();
  }

  /** Keeps a place filled. */
  async #keep(place: number, signal: AbortSignal): Promise<void> {
    for (let deaths = 1; ; deaths++) {
      const death = await this.#run(place, signal);
      if (signal.aborted) return;
      this.deaths += 1;
      this.#options.say(`Worker ${place} died: ${death}.`);
      if (deaths === MAX_DEATHS)
        throw new DeskError(
          `Worker ${place} has died ${MAX_DEATHS} times.`,
          "See above for the reasons, and start again with the same --storage: a named one keeps what is done.",
        );
      await wait(PAUSE_MS * deaths, undefined, { signal }).catch(() => {});
    }
  }

  /** Runs one worker to its end. Returns what ended it: a signal or an exit code. */
  async #run(place: number, signal: AbortSignal): Promise<string> {
    const {
      command: [program, ...args],
      say,
      onUsage,
      stopMs = MAX_STOP_MS,
    } = this.#options;
    const child = fork(program, [WORKER_FLAG, ...args], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    say(`Worker ${place} is process ${child.pid}.`);
    let failure: DeskError | undefined;
    child.on("message", (message: Message) => {
      if ("usage" in message) onUsage(message.usage);
      else failure = new DeskError(message.failure.message, message.failure.hint);
    });
    const kill = (): void => void child.kill("SIGKILL");
    // Before a temporary mesh file is removed.
    process.prependOnceListener("exit", kill);
    let killing: NodeJS.Timeout | undefined;
    const stop = (): void => {
      if (child.connected) child.send("stop", () => {});
      killing = setTimeout(kill, stopMs);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    // It follows the last message.
    const [code, name] = (await once(child, "close")) as [number | null, string | null];
    clearTimeout(killing);
    signal.removeEventListener("abort", stop);
    process.off("exit", kill);
    if (failure !== undefined) throw failure;
    return name ?? `exit code ${code}`;
  }
}

/** The other side: works in a process that `Workers` started, until its parent asks it to stop, or ends. */
export async function workForParent(
  work: (signal: AbortSignal, onUsage: (usage: Usage) => void) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  // A terminal sends Ctrl-C to all processes; the parent decides what follows.
  process.on("SIGINT", () => {});
  process.on("message", () => stop.abort());
  process.once("disconnect", () => {
    stop.abort();
    setTimeout(() => process.exit(1), MAX_STOP_MS).unref();
  });
  const send = (message: Message): void => {
    if (process.connected) process.send?.(message, () => {});
  };
  try {
    await work(stop.signal, (usage) => send({ usage }));
  } catch (error) {
    if (!(error instanceof DeskError) && !isSynthaError(error)) throw error;
    send({ failure: { message: error.message, hint: error.hint } });
  } finally {
    // It follows the last message.
    if (process.connected) process.disconnect();
  }
}
