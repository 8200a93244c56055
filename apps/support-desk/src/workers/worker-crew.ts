import { setTimeout as wait } from "node:timers/promises";

import type { Settings } from "../desk/decision-maker.ts";
import { TaskGroup } from "../desk/task-group.ts";
import { DeskError } from "../desk-error.ts";
import { WorkerProcess } from "./worker-process.ts";

/** A place whose workers died this often stays empty. */
const MAX_DEATHS = 10;
/** Multiplied by the deaths, so that a worker that dies at once does not keep the machine busy. */
const PAUSE_MS = 100;

/** A crew of other processes on the same storage, each running the program. A worker that dies is replaced. */
export function workerCrew(
  program: string,
  workers: number,
  settings: Settings,
  say: (line: string) => void,
) {
  /** All that ever worked, including those that died. */
  const processes: WorkerProcess[] = [];
  let placesLeft = workers;

  function start(place: number): WorkerProcess {
    const worker = new WorkerProcess(program, place, settings);
    processes.push(worker);
    return worker;
  }

  /** Keeps a place filled until the signal is aborted. */
  async function keep(first: WorkerProcess, signal: AbortSignal): Promise<void> {
    let worker = first;
    for (let deaths = 1; ; deaths++) {
      await worker.ended(signal);
      if (signal.aborted) return;
      const { place, pid, death = "it left" } = worker;
      const died = `Worker ${place}, process ${pid}, died: ${death}.`;
      if (deaths === MAX_DEATHS) return giveUp(died);
      await wait(PAUSE_MS * deaths, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      worker = start(place);
      say(`${died} Process ${worker.pid} takes its place.`);
    }
  }

  function giveUp(died: string): void {
    placesLeft -= 1;
    const message = `${died} ${MAX_DEATHS} of its place have died, so it stays empty`;
    if (placesLeft > 0) return say(`${message}.`);
    throw new DeskError(
      `${message}, and no other worker is left.`,
      "See above for what ended them, and start again with the same --storage: a named one keeps what is done.",
    );
  }

  return {
    processes,
    work: async (parent: AbortSignal): Promise<void> => {
      const group = new TaskGroup(parent);
      const first = Array.from({ length: workers }, (_, i) => start(i + 1));
      say(`${workers} workers: processes ${first.map(({ pid }) => pid).join(", ")}`);
      for (const worker of first) group.start((signal) => keep(worker, signal));
      await group.finish();
    },
  };
}
