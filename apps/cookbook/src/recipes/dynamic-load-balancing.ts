// Shows: workers claim tasks from one queue, each at its own pace.
// Look at: every task is done once. What the crashed worker held comes free when its lease ends.

import { ContextMesh } from "@syntha/core";
import { setTimeout as sleep } from "node:timers/promises";
import { printTable } from "../print/table.ts";

const TASKS = 24;
const mesh = new ContextMesh();
const coordinator = mesh.agent("Coordinator");
await coordinator.subscribe(["results"]);
await coordinator.pushMany(
  Array.from({ length: TASKS }, (_, i) => ({
    key: `task:${String(i + 1).padStart(2, "0")}`,
    value: { pages: 10 + i },
    topics: ["queue"],
  })),
);

// One takes the first task, and is never heard of again.
const crashing = mesh.agent("Crashing");
await crashing.subscribe(["queue"]);
const held = await crashing.claim({ topic: "queue" }, { lease: "300ms" });

const done = new AbortController();
const doneBy: Record<string, string[]> = {};
async function worker(name: string, taskMs: number): Promise<void> {
  const agent = mesh.agent(name);
  await agent.subscribe(["queue"]);
  await agent.work<{ pages: number }>(
    "queue",
    async ({ key, value }, lease) => {
      await sleep(taskMs);
      await lease.complete({ by: name, words: value.pages * 300 }, { topics: ["results"] });
      (doneBy[key] ??= []).push(name);
      if (Object.keys(doneBy).length === TASKS) done.abort();
    },
    { lease: "10s", signal: done.signal },
  );
}

// The same task, asked for by three at once: one gets it.
const rivals = ["Ann", "Ben", "Cem"].map((name) => mesh.agent(name));
for (const rival of rivals) await rival.subscribe(["queue"]);
const claims = await Promise.all(rivals.map((rival) => rival.claim({ key: "task:24" })));
const [won, ...others] = claims.filter((lease) => lease !== undefined);
console.log(`Three claim task:24 at once: ${1 + others.length} gets it, and gives it back.\n`);
await won?.release({ countAttempt: false });

await Promise.all([worker("Quick", 3), worker("Steady", 15), worker("Slow", 60)]);

const results = await coordinator.getAll<{ by: string; words: number }>({ topic: "results" });
const countOf = (name: string): number =>
  Object.values(results).filter(({ by }) => by === name).length;
const [quick, slow] = [countOf("Quick"), countOf("Slow")];
printTable([
  { what: "tasks", result: TASKS },
  { what: "results that the coordinator sees", result: Object.keys(results).length },
  { what: "tasks done more than once", result: Object.values(doneBy).flat().length - TASKS },
  { what: "the quick worker did more than the slow one", result: quick > slow },
  { what: "the slow one worked, too", result: slow > 0 },
  { what: "the crashed worker held", result: held?.key ?? "nothing" },
  { what: "… which another did", result: results[held?.key ?? ""]?.by !== "Crashing" },
]);
await mesh.close();
