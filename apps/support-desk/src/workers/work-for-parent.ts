import { isSynthaError } from "@syntha/core";

import { LocalCrew } from "../desk/crew.ts";
import { DeskError } from "../desk/desk-error.ts";
import { Workplace } from "../desk/workplace.ts";
import { mindOf } from "../mind.ts";
import { storageOf } from "../storage/storage-of.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./messages.ts";

/** With this argument, and a parent that listens, the program is a worker. */
export const WORKER_FLAG = "--as-worker";

const TELL_EVERY_MS = 200;
/** How long a worker may take to finish when its parent is gone. */
const ORPHAN_MS = 10_000;

/** The whole life of a worker: works from the parent's word until its word, or until there is no parent any more. */
export async function workForParent(): Promise<void> {
  const stop = new AbortController();
  // A terminal sends Ctrl-C to all processes; the parent decides what follows.
  process.on("SIGINT", () => {});
  process.once("disconnect", () => {
    stop.abort();
    setTimeout(() => process.exit(1), ORPHAN_MS).unref();
  });
  const settings = await new Promise<WorkerSettings | undefined>((resolve) => {
    stop.signal.addEventListener("abort", () => resolve(undefined), { once: true });
    process.on("message", (message: ToWorker) => {
      if (message.type === "stop") stop.abort();
      else resolve(message.settings);
    });
    void tell({ type: "ready" });
  });
  try {
    if (settings !== undefined) await work(settings, stop.signal);
  } catch (error) {
    if (!(error instanceof DeskError) && !isSynthaError(error)) throw error;
    await tell({ type: "failed", message: error.message, hint: error.hint });
  } finally {
    if (process.connected) process.disconnect();
  }
}

async function work(settings: WorkerSettings, signal: AbortSignal): Promise<void> {
  const { specialists, leaseSeconds } = settings;
  const workplace = new Workplace(await storageOf(settings.storage, settings.durability));
  const tellTally = (): Promise<void> => tell({ type: "tally", tally: workplace.meter.tally() });
  const telling = setInterval(() => void tellTally(), TELL_EVERY_MS);
  try {
    const mind = await mindOf(settings.mind);
    await new LocalCrew(workplace, { mind, specialists, leaseSeconds }).work(signal);
  } finally {
    clearInterval(telling);
    await tellTally();
    await workplace.mesh.close();
  }
}

/** Resolves when it is sent, or can't be any more. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}
