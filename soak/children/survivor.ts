/** Writes and watches across lost connections, and reports the outcome of each write. */
import { setTimeout as pause } from "node:timers/promises";
import { isSynthaError } from "@syntha/core";
import { type ChildTask, command, readTask, send } from "../harness/parent.ts";
import { createMesh, createStorage } from "../harness/storage.ts";

/** The outcome of a write. */
export type Survived =
  | { readonly type: "ready" }
  | { readonly type: "wrote"; readonly id: string; readonly revision: number }
  /** Retryable: nothing changed. */
  | { readonly type: "failed"; readonly id: string }
  /** UNKNOWN_OUTCOME. */
  | { readonly type: "unknown"; readonly id: string }
  | { readonly type: "unexpected"; readonly id: string; readonly error: string }
  /** The number of puts that the watch received up to `last`, the position of this process' last write. */
  | { readonly type: "watched"; readonly puts: number; readonly last: number };

const LANES = 4;
const RETRY_MS = 20;

const { address, name } = readTask<ChildTask>();
const mesh = createMesh(createStorage(address));
const first = mesh.system.watch();
let isStopped = false;
void command("stop").then(() => (isStopped = true));
while (first.cursor === undefined) await pause(1);
let since = first.cursor;
let puts = 0;
const watching = follow(`${name} last`);
send<Survived>({ type: "ready" });
await command("go");
await Promise.all(Array.from({ length: LANES }, (_, lane) => write(lane)));
await mesh.system.push(`${name} last`, `${name} last`, { global: true });
const last = await watching;
send<Survived>({ type: "watched", puts, last });
await mesh.close();
process.exit(0);

async function write(lane: number): Promise<void> {
  for (let n = 0; !isStopped; n++) {
    const id = `${name} ${lane}.${n}`;
    try {
      const pushed = await mesh.system.push(`${name} ${lane}`, id, { global: true });
      send<Survived>({ type: "wrote", id, revision: pushed.revision });
    } catch (error) {
      if (isSynthaError(error, "UNKNOWN_OUTCOME")) send<Survived>({ type: "unknown", id });
      else if (isSynthaError(error, "UNAVAILABLE")) send<Survived>({ type: "failed", id });
      else send<Survived>({ type: "unexpected", id, error: String(error) });
      await pause(RETRY_MS);
    }
  }
}

/** Counts puts up to the one of the last key and returns its position. Resumes when a watch fails. */
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
    await pause(RETRY_MS);
    feed = mesh.system.watch({ since });
  }
}
