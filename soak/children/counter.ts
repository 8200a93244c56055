/** Adds one to numbers that others count up too, each time by compare-and-set. */
import { isSynthaError } from "@syntha/core";
import { order, say, taskOf } from "../harness/child.ts";
import { meshOn } from "../harness/mesh-on.ts";
import { Random } from "../harness/random.ts";
import type { Address } from "../harness/site.ts";
import { storageAt } from "../harness/storage-at.ts";

export interface CounterTask {
  readonly address: Address;
  readonly name: string;
  readonly seed: number;
  readonly keys: readonly string[];
  /** How often it counts as fast as it can, and then how often with pauses. */
  readonly times: number;
  readonly calmTimes: number;
  readonly calmEveryMs: number;
}

/** Counts that were acknowledged, each as its revision and the moment at which it was; and how often it was too late. */
export interface Counted {
  readonly calm: boolean;
  readonly counts: readonly (readonly [revision: number, at: number])[];
  readonly conflicts: number;
}

const AT_ONCE = 50;

const { address, name, seed, keys, times, calmTimes, calmEveryMs } = taskOf<CounterTask>();
const random = new Random(seed);
const mesh = meshOn(storageAt(address));
const agent = mesh.agent(name);
await agent.keys();
say("ready");
await order("go");
await count(times, false);
await order("calm");
await count(calmTimes, true);
await mesh.close();
process.exit(0);

async function count(many: number, calm: boolean): Promise<void> {
  let counts: [number, number][] = [];
  let conflicts = 0;
  const tell = (): void => {
    say({ calm, counts, conflicts } satisfies Counted);
    [counts, conflicts] = [[], 0];
  };
  for (let done = 0; done < many;) {
    if (calm) await new Promise((resolve) => setTimeout(resolve, random.below(2 * calmEveryMs)));
    const item = await agent.getItem<number>(random.pick(keys));
    if (item === undefined) throw new Error("A number to count up is gone.");
    try {
      const pushed = await agent.push(item.key, item.value + 1, { ifRevision: item.revision });
      counts.push([pushed.revision, performance.timeOrigin + performance.now()]);
      done++;
    } catch (error) {
      if (!isSynthaError(error, "CONFLICT")) throw error;
      conflicts++;
    }
    if (counts.length >= AT_ONCE || (calm && counts.length > 0)) tell();
  }
  tell();
}
