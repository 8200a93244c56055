/** Has everything under way that a mesh can have, closes it, and should then end by itself. */
import { setTimeout as pause } from "node:timers/promises";
import { ContextMesh, isSynthaError } from "@syntha/core";
import { say, taskOf } from "../harness/child.ts";
import { meshOn } from "../harness/mesh-on.ts";
import { Random } from "../harness/random.ts";
import type { Address } from "../harness/site.ts";
import { storageAt } from "../harness/storage-at.ts";

export interface CloserTask {
  readonly address: Address;
  readonly seed: number;
}

/** What was left of it. */
export interface Closed {
  readonly claimed: number;
  /** Calls that ended in anything but an answer or CLOSED. */
  readonly odd: readonly string[];
  /** Watches and workers that did not end. */
  readonly unended: number;
  /** What keeps the process alive. */
  readonly handles: readonly string[];
}

const { address, seed } = taskOf<CloserTask>();
const random = new Random(seed);
const storage = storageAt(address);
const mesh = new ContextMesh({ storage, sweepEvery: "10ms" });
const odd: string[] = [];
const underWay = new Set<Promise<unknown>>();

const worker = mesh.agent("worker");
await worker.subscribe(["work", "idle"]);
const keys = Array.from({ length: 30 }, (_, i) => `work ${i}`);
await mesh.system.pushMany(keys.map((key) => ({ key, value: 0, topics: ["work"] })));
for (let i = 0; i < 4; i++) attempt(() => drain(mesh.agent(`reader ${i}`)));
attempt(() => worker.work("work", () => pause(random.below(40)), { concurrency: 5, lease: "1m" }));
for (let i = 0; i < 20; i++)
  attempt(() => worker.push(`key ${i}`, i, { global: true, ttl: random.between(1, 50) }));
await pause(random.below(60));
attempt(() => worker.getAll());
attempt(() => worker.claim({ topic: "idle" }));
await Promise.all([mesh.close(), mesh.close()]);
await mesh.close();
await pause(0);
const unended = underWay.size;
// But for the process' own output.
const handles = process.getActiveResourcesInfo().filter((kind) => !/^(Pipe|TTY)Wrap$/.test(kind));
say({ claimed: await claimedLeft(), odd, unended, handles } satisfies Closed);

/** Tells it if the call ends in anything but an answer, or CLOSED. */
function attempt(call: () => Promise<unknown>): void {
  const task: Promise<unknown> = call()
    .catch((error: unknown) => {
      if (!isSynthaError(error, "CLOSED")) odd.push(String(error));
    })
    .finally(() => underWay.delete(task));
  underWay.add(task);
}

async function drain(agent: ReturnType<typeof mesh.agent>): Promise<void> {
  for await (const change of agent.watch({ initial: true })) void change;
}

/** Work that is still claimed, as the next process sees it. */
async function claimedLeft(): Promise<number> {
  const next = meshOn(storage);
  const { items } = await next.system.list({ state: "claimed" });
  await next.close();
  return items.length;
}
