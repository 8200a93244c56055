/** Workers of one process, which claim, sometimes sleep past their lease, and complete. */
import { setTimeout as pause } from "node:timers/promises";
import { isSynthaError } from "@syntha/core";
import { order, say, taskOf } from "../harness/child.ts";
import { meshOn } from "../harness/mesh-on.ts";
import { Random } from "../harness/random.ts";
import type { Address } from "../harness/site.ts";
import { storageAt } from "../harness/storage-at.ts";

export interface WorkerTask {
  readonly address: Address;
  readonly names: readonly string[];
  readonly seed: number;
  readonly leaseMs: number;
}

/** What became of a claim. */
export type Worked =
  | { readonly type: "ready" }
  | { readonly type: "completed"; readonly key: string; readonly revision: number }
  /** It had slept too long. */
  | { readonly type: "refused"; readonly key: string; readonly slept: boolean };

const LOOK_AGAIN_MS = 20;

const { address, names, seed, leaseMs } = taskOf<WorkerTask>();
const random = new Random(seed);
const mesh = meshOn(storageAt(address));
let isOver = false;
void order("stop").then(() => (isOver = true));
for (const name of names) await mesh.agent(name).subscribe(["work"]);
tell({ type: "ready" });
await order("go");
await Promise.all(names.map(work));
await mesh.close();
process.exit(0);

async function work(name: string): Promise<void> {
  const agent = mesh.agent(name);
  while (!isOver) {
    const lease = await agent.claim({ topic: "work" }, { lease: leaseMs });
    if (lease === undefined) {
      await pause(LOOK_AGAIN_MS);
      continue;
    }
    const dice = random.next();
    const slept = dice < 0.05;
    if (slept) await pause(leaseMs * (1.05 + random.next()));
    else if (dice < 0.1) await pause(leaseMs * random.next());
    try {
      const { revision } = await lease.complete(`${name} ${lease.token}`);
      tell({ type: "completed", key: lease.key, revision: revision ?? 0 });
    } catch (error) {
      if (!isSynthaError(error, "STALE_TOKEN")) throw error;
      tell({ type: "refused", key: lease.key, slept });
    }
  }
}

function tell(message: Worked): void {
  say(message);
}
