/** Increments numbers that other processes increment too, by compare-and-set. */
import { isSynthaError } from "@syntha/core";
import { Random } from "@syntha/testing-random";
import { type ChildTask, command, readTask, send } from "../harness/parent.ts";
import { createMesh, createStorage } from "../harness/storage.ts";

export interface CounterTask extends ChildTask {
  readonly seed: number;
  readonly keys: readonly string[];
  /** Number of increments without pauses; `pacedTimes` increments with pauses follow. */
  readonly times: number;
  readonly pacedTimes: number;
  readonly pacedEveryMs: number;
}

/** The increments acknowledged since the last message, each with its revision and time, and the conflicts met. */
export interface Counted {
  readonly paced: boolean;
  readonly counts: readonly (readonly [revision: number, at: number])[];
  readonly conflicts: number;
}

const BATCH = 50;

const { address, name, seed, keys, times, pacedTimes, pacedEveryMs } = readTask<CounterTask>();
const random = new Random(seed);
const mesh = createMesh(createStorage(address));
const agent = mesh.agent(name);
await agent.keys();
send("ready");
await command("go");
await count(times, false);
await command("paced");
await count(pacedTimes, true);
await mesh.close();
process.exit(0);

async function count(total: number, paced: boolean): Promise<void> {
  let counts: [number, number][] = [];
  let conflicts = 0;
  const flush = (): void => {
    send({ paced, counts, conflicts } satisfies Counted);
    [counts, conflicts] = [[], 0];
  };
  for (let done = 0; done < total;) {
    if (paced) await new Promise((resolve) => setTimeout(resolve, random.below(2 * pacedEveryMs)));
    const item = await agent.getItem<number>(random.pick(keys));
    if (item === undefined) throw new Error("A number to increment does not exist.");
    try {
      const pushed = await agent.push(item.key, item.value + 1, { ifRevision: item.revision });
      counts.push([pushed.revision, performance.timeOrigin + performance.now()]);
      done++;
    } catch (error) {
      if (!isSynthaError(error, "CONFLICT")) throw error;
      conflicts++;
    }
    if (counts.length >= BATCH || (paced && counts.length > 0)) flush();
  }
  flush();
}
