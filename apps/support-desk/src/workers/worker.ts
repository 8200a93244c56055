import { isSynthaError } from "@syntha/core";

import { localCrew } from "../desk/crew.ts";
import type { Tally } from "../desk/meter.ts";
import { Workplace } from "../desk/desk-agent.ts";
import { DeskError } from "../desk-error.ts";
import { openDecisions, type Settings } from "../desk/decision-maker.ts";
import { openStorage } from "../storage.ts";

/** With this argument the program is a worker of the process that started it. */
export const WORKER_FLAG = "--as-worker";

/** Settings start a worker; "stop" lets it finish what it has claimed. */
export type ToWorker = Settings | "stop";
/** Tallies are sent often, so that little is lost with a worker that is killed. A failure ends the whole desk. */
export type FromWorker = { tally: Tally } | { message: string; hint: string };

const TALLY_EVERY_MS = 200;
/** How long a worker may take to finish after its parent has ended. */
const ORPHAN_MS = 10_000;

/** Works from the settings of the parent until it says "stop", or ends. */
export async function runWorker(): Promise<void> {
  const stop = new AbortController();
  // A terminal sends Ctrl-C to all processes; the parent decides what follows.
  process.on("SIGINT", () => {});
  process.once("disconnect", () => {
    stop.abort();
    setTimeout(() => process.exit(1), ORPHAN_MS).unref();
  });
  const settings = await new Promise<Settings | undefined>((resolve) => {
    stop.signal.addEventListener("abort", () => resolve(undefined), { once: true });
    process.on("message", (message: ToWorker) => {
      if (message === "stop") stop.abort();
      else resolve(message);
    });
  });
  try {
    if (settings !== undefined) await work(settings, stop.signal);
  } catch (error) {
    if (!(error instanceof DeskError) && !isSynthaError(error)) throw error;
    await send({ message: error.message, hint: error.hint });
  } finally {
    if (process.connected) process.disconnect();
  }
}

async function work(settings: Settings, signal: AbortSignal): Promise<void> {
  const workplace = new Workplace(await openStorage(settings.storage, settings.durability));
  const sendTally = (): Promise<void> => send({ tally: workplace.meter.tally() });
  const sending = setInterval(() => void sendTally(), TALLY_EVERY_MS);
  try {
    const decisions = await openDecisions(settings);
    await localCrew(workplace, { ...settings, decisions })(signal);
  } finally {
    clearInterval(sending);
    await sendTally();
    await workplace.mesh.close();
  }
}

/** Resolves when the message is sent, or cannot be. */
function send(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });
}
