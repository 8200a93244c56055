/** Writes and watches on, whatever happens to its connections, and tells what each write was answered. */
import { setTimeout as pause } from "node:timers/promises";
import { isSynthaError } from "@syntha/core";
import { order, say, taskOf } from "../harness/child.ts";
import { meshOn } from "../harness/mesh-on.ts";
import type { Address } from "../harness/site.ts";
import { storageAt } from "../harness/storage-at.ts";

export interface SurvivorTask {
  readonly address: Address;
  /** Of this process alone. */
  readonly name: string;
}

/** What became of a write. */
export type Survived =
  | { readonly type: "ready" }
  | { readonly type: "wrote"; readonly id: string; readonly revision: number }
  /** Retryable: nothing changed. */
  | { readonly type: "failed"; readonly id: string }
  /** UNKNOWN_OUTCOME. */
  | { readonly type: "unknown"; readonly id: string }
  | { readonly type: "odd"; readonly id: string; readonly error: string }
  /** How many puts its watch was told up to a position, the one of its own last. */
  | { readonly type: "watched"; readonly puts: number; readonly last: number };

const LANES = 4;
const AGAIN_MS = 20;

const { address, name } = taskOf<SurvivorTask>();
const mesh = meshOn(storageAt(address));
const first = mesh.system.watch();
let isOver = false;
void order("stop").then(() => (isOver = true));
while (first.cursor === undefined) await pause(1);
let since = first.cursor;
let puts = 0;
const watching = follow(`${name} last`);
tell({ type: "ready" });
await order("go");
await Promise.all(Array.from({ length: LANES }, (_, lane) => write(lane)));
await mesh.system.push(`${name} last`, `${name} last`, { global: true });
const last = await watching;
tell({ type: "watched", puts, last });
await mesh.close();
process.exit(0);

async function write(lane: number): Promise<void> {
  for (let n = 0; !isOver; n++) {
    const id = `${name} ${lane}.${n}`;
    try {
      const pushed = await mesh.system.push(`${name} ${lane}`, id, { global: true });
      tell({ type: "wrote", id, revision: pushed.revision });
    } catch (error) {
      if (isSynthaError(error, "UNKNOWN_OUTCOME")) tell({ type: "unknown", id });
      else if (isSynthaError(error, "UNAVAILABLE")) tell({ type: "failed", id });
      else tell({ type: "odd", id, error: String(error) });
      await pause(AGAIN_MS);
    }
  }
}

/** Counts puts up to the one of the last key; gives where that stands. Goes on where a watch has given up. */
async function follow(last: string): Promise<number> {
  for (let feed = first; ;) {
    try {
      for await (const change of feed) {
        since = change.cursor;
        if (change.type !== "put") continue;
        puts++;
        if (change.item.key === last) return change.item.revision;
      }
    } catch (error) {
      if (!isSynthaError(error, "UNAVAILABLE")) throw error;
    }
    await pause(AGAIN_MS);
    feed = mesh.system.watch({ since });
  }
}

function tell(message: Survived): void {
  say(message);
}
