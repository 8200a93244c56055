/** Closes a mesh during every kind of call, and should then exit without help. */
import { setTimeout as pause } from "node:timers/promises";
import { ContextMesh, isSynthaError } from "@syntha/core";
import { InFlightCounter } from "@syntha/core/storage";
import { Random } from "@syntha/testing-random";
import type { Address } from "../harness/database.ts";
import { readTask, send } from "../harness/parent.ts";
import { createMesh, createStorage } from "../harness/storage.ts";

export interface CloserTask {
  readonly address: Address;
  readonly seed: number;
}

/** What is left after closing. */
export interface Closed {
  readonly claimed: number;
  /** Calls that failed with an error other than CLOSED. */
  readonly unexpected: readonly string[];
  /** Number of watches and workers that still run. */
  readonly running: number;
  /** Resources that keep the process alive. */
  readonly handles: readonly string[];
}

const { address, seed } = readTask<CloserTask>();
const random = new Random(seed);
const storage = createStorage(address);
const mesh = new ContextMesh({ storage, sweepEvery: "10ms" });
const unexpected: string[] = [];
const calls = new InFlightCounter();

const worker = mesh.agent("worker");
await worker.subscribe(["work", "idle"]);
const keys = Array.from({ length: 30 }, (_, i) => `work ${i}`);
await mesh.system.pushMany(keys.map((key) => ({ key, value: 0, topics: ["work"] })));
for (let i = 0; i < 4; i++) start(() => drain(mesh.agent(`reader ${i}`)));
start(() => worker.work("work", () => pause(random.below(40)), { concurrency: 5, lease: "1m" }));
for (let i = 0; i < 20; i++)
  start(() => worker.push(`key ${i}`, i, { global: true, ttl: random.between(1, 50) }));
await pause(random.below(60));
start(() => worker.getAll());
start(() => worker.claim({ topic: "idle" }));
await Promise.all([mesh.close(), mesh.close()]);
await mesh.close();
await pause(0);
const running = calls.count;
// Except the process' own output.
const handles = process.getActiveResourcesInfo().filter((kind) => !/^(Pipe|TTY)Wrap$/.test(kind));
send({ claimed: await countClaimed(), unexpected, running, handles } satisfies Closed);

/** Starts a call, and records its error unless it is CLOSED. */
function start(call: () => Promise<unknown>): void {
  void calls.run(call).catch((error: unknown) => {
    if (!isSynthaError(error, "CLOSED")) unexpected.push(String(error));
  });
}

async function drain(agent: ReturnType<typeof mesh.agent>): Promise<void> {
  for await (const change of agent.watch({ initial: true })) void change;
}

/** The number of items still claimed, as the next process sees it. */
async function countClaimed(): Promise<number> {
  const next = createMesh(storage);
  const { items } = await next.system.list({ state: "claimed" });
  await next.close();
  return items.length;
}
