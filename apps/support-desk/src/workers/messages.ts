import type { Tally } from "../measure/work-meter.ts";
import type { MindChoice } from "../mind.ts";
import type { Durability } from "../storage/storage-of.ts";
import type { StorageChoice } from "../storage/storage-choice.ts";

/** What a worker needs to know to work; the rest it finds on the mesh. */
export type WorkerSettings = {
  storage: StorageChoice;
  durability: Durability;
  specialists: number;
  leaseSeconds: number;
  mind: MindChoice;
};

/** `stop` asks to finish what was begun. */
export type ToWorker = { type: "start"; settings: WorkerSettings } | { type: "stop" };

/** `tally` comes often, so that little of it is lost with a worker that is killed. `failed` ends the whole desk. */
export type FromWorker =
  | { type: "ready" }
  | { type: "tally"; tally: Tally }
  | { type: "failed"; message: string; hint: string };
