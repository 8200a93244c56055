import { setTimeout as wait } from "node:timers/promises";

import type { Crew } from "../desk/crew.ts";
import { DeskError } from "../desk/desk-error.ts";
import type { WorkerSettings } from "./messages.ts";
import { WorkerProcess } from "./worker-process.ts";

export type WorkerCrewOptions = {
  /** The program that is started once more for each worker. */
  program: string;
  workers: number;
  settings: WorkerSettings;
  /** Told what a person should know, a line at a time. */
  say: (line: string) => void;
};

/** A place whose workers died this often stays empty. */
const MOST_DEATHS = 10;
/** Grows with each death, so that what dies on starting does not keep the machine busy. */
const PAUSE_MS = 100;

/** A crew in processes of their own, all on the same storage. A worker that dies is replaced. */
export class WorkerCrew implements Crew {
  readonly #options: WorkerCrewOptions;
  readonly #processes: WorkerProcess[] = [];
  #placesLeft: number;

  constructor(options: WorkerCrewOptions) {
    this.#options = options;
    this.#placesLeft = options.workers;
  }

  /** All that ever worked here, those that died included. */
  get processes(): readonly WorkerProcess[] {
    return this.#processes;
  }

  /** Workers that there should be at the moment. */
  get size(): number {
    return this.#placesLeft;
  }

  async work(signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const over = AbortSignal.any([signal, failed.signal]);
    const first = Array.from({ length: this.#options.workers }, (_, i) => this.#start(i + 1));
    this.#options.say(
      `${first.length} workers: processes ${first.map(({ pid }) => pid).join(", ")}`,
    );
    const ends = await Promise.allSettled(
      first.map((worker) =>
        this.#keep(worker, over).catch((error: unknown) => {
          failed.abort();
          throw error;
        }),
      ),
    );
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  /** Keeps a worker's place filled until the signal. */
  async #keep(first: WorkerProcess, signal: AbortSignal): Promise<void> {
    let worker = first;
    for (let deaths = 1; ; deaths++) {
      await worker.ended(signal);
      // One that dies while all are stopping has nothing to be replaced for; the report names it all the same.
      if (signal.aborted) return;
      const who = `Worker ${worker.place}, process ${worker.pid}, died: ${worker.death ?? "it left"}.`;
      if (deaths === MOST_DEATHS) return this.#giveUp(who);
      await wait(PAUSE_MS * deaths, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      worker = this.#start(worker.place);
      this.#options.say(`${who} Process ${worker.pid} takes its place.`);
    }
  }

  #giveUp(who: string): void {
    this.#placesLeft -= 1;
    const times = `${MOST_DEATHS} of its place have died, so it stays empty`;
    if (this.#placesLeft > 0) return this.#options.say(`${who} ${times}.`);
    throw new DeskError(
      `${who} ${times}, and no other worker is left.`,
      "Look above for what ended them, and start again with the same --storage: one that you name keeps what is done.",
    );
  }

  #start(place: number): WorkerProcess {
    const { program, settings } = this.#options;
    const worker = new WorkerProcess(program, place, settings);
    this.#processes.push(worker);
    return worker;
  }
}
