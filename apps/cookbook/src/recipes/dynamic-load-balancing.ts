// Shows: workers that claim tasks from one queue at their own pace.
// Look at: every task is completed once. The task of a crashed worker is claimed again after its lease.

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

// A worker claims the first task and crashes.
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

// Three agents claim the same task concurrently; one succeeds.
const rivals = ["Ann", "Ben", "Cem"].map((name) => mesh.agent(name));
for (const rival of rivals) await rival.subscribe(["queue"]);
const claims = await Promise.all(rivals.map((rival) => rival.claim({ key: "task:24" })));
const [won, ...others] = claims.filter((lease) => lease !== undefined);
console.log(
  `Three agents claim task:24 concurrently: ${1 + others.length} gets it, and releases it.\n`,
);
await won?.release({ countAttempt: false });

await Promise.all([worker("Quick", 3), worker("Steady", 15), worker("Slow", 60)]);

const results = await coordinator.getAll<{ by: string; words: number }>({ topics: ["results"] });
const countOf = (name: string): number =>
  Object.values(results).filter(({ by }) => by === name).length;
const [quick, slow] = [countOf("Quick"), countOf("Slow")];
printTable([
  { what: "tasks", result: TASKS },
  { what: "results visible to the coordinator", result: Object.keys(results).length },
  { what: "tasks completed more than once", result: Object.values(doneBy).flat().length - TASKS },
  { what: "the quick worker completed more than the slow one", result: quick > slow },
  { what: "the slow worker completed some", result: slow > 0 },
  { what: "claimed by the crashed worker", result: held?.key ?? "nothing" },
  { what: "… and completed by another", result: results[held?.key ?? ""]?.by !== "Crashing" },
]);
await mesh.close();
