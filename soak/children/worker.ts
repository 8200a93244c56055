/** Runs workers that claim work, sometimes sleep past their lease, and complete it. */
import { setTimeout as pause } from "node:timers/promises";
import { isSynthaError } from "@syntha/core";
import { Random } from "@syntha/testing-random";
import type { Address } from "../harness/database.ts";
import { command, readTask, send } from "../harness/parent.ts";
import { createMesh, createStorage } from "../harness/storage.ts";

export interface WorkerTask {
  readonly address: Address;
  readonly names: readonly string[];
  readonly seed: number;
  readonly leaseMs: number;
}

/** The outcome of a claim. */
export type Worked =
  | { readonly type: "ready" }
  | { readonly type: "completed"; readonly key: string; readonly revision: number }
  /** The lease had expired; `slept` says whether the worker slept past it on purpose. */
  | { readonly type: "rejected"; readonly key: string; readonly slept: boolean };

const POLL_MS = 20;

const { address, names, seed, leaseMs } = readTask<WorkerTask>();
const random = new Random(seed);
const mesh = createMesh(createStorage(address));
let isStopped = false;
void command("stop").then(() => (isStopped = true));
for (const name of names) await mesh.agent(name).subscribe(["work"]);
send<Worked>({ type: "ready" });
await command("go");
await Promise.all(names.map(work));
await mesh.close();
process.exit(0);

async function work(name: string): Promise<void> {
  const agent = mesh.agent(name);
  while (!isStopped) {
    const lease = await agent.claim({ topic: "work" }, { lease: leaseMs });
    if (lease === undefined) {
      await pause(POLL_MS);
      continue;
    }
    const dice = random.next();
    const slept = dice < 0.05;
    if (slept) await pause(leaseMs * (1.05 + random.next()));
    else if (dice < 0.1) await pause(leaseMs * random.next());
    try {
      const { revision } = await lease.complete(`${name} ${lease.token}`);
      send<Worked>({ type: "completed", key: lease.key, revision: revision ?? 0 });
    } catch (error) {
      if (!isSynthaError(error, "STALE_TOKEN")) throw error;
      send<Worked>({ type: "rejected", key: lease.key, slept });
    }
  }
}
