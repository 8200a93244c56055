// Shows: bounds on what a tenant and each of its agents hold and write.
// Look at: 64 agents write at once, and not one item goes over; who is at the limit may still read and tidy up.

import { ContextMesh, isSynthaError } from "@syntha/core";
import { printTable } from "../print/table.ts";
import { freshPlace, storageAt } from "../storage/place.ts";

const { place, text, remove } = await freshPlace();
const limits = {
  tenant: { items: 100 },
  agent: { items: 10, bytes: 1_000 },
  agents: { Chatty: { writesPerSecond: 2 } },
};
const mesh = new ContextMesh({ storage: storageAt(place), limits });
console.log(`Storage: ${text}\n`);

/** Runs the calls at once. Gives how many went through, and by which limits the others were refused. */
async function together(calls: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(calls);
  const refused = settled.flatMap((call) => {
    if (call.status === "fulfilled") return [];
    if (!isSynthaError(call.reason, "LIMIT_EXCEEDED")) throw call.reason;
    return [call.reason.details.limit];
  });
  const by = [...new Set(refused)].toSorted().join(", ");
  return { done: settled.length - refused.length, refused: refused.length, "by its limit": by };
}
const push = (agent: string, key: string, value: string): Promise<unknown> =>
  mesh.agent(agent).push(key, value, { global: true });

const one = Array.from({ length: 15 }, (_, i) => push("Eager", `eager:${i}`, "…"));
const rows = [{ what: "Eager pushes 15 items", ...(await together(one)) }];
rows.push({
  what: "Wordy pushes 2,000 bytes",
  ...(await together([push("Wordy", "essay", "x".repeat(2_000))])),
});
const fast = Array.from({ length: 8 }, (_, i) => push("Chatty", "status", `step ${i}`));
rows.push({ what: "Chatty writes 8 times in an instant", ...(await together(fast)) });
const crowd = Array.from({ length: 64 }, (_, i) =>
  [1, 2, 3].map((n) => push(`Agent-${i}`, `crowd:${i}:${n}`, "…")),
);
rows.push({ what: "64 agents push 3 items each", ...(await together(crowd.flat())) });
printTable(rows);

const { items } = await mesh.stats();
console.log(`\nThe tenant holds ${items} of 100 items.`);
const eager = mesh.agent("Eager");
await eager.push("eager:0", "!");
await eager.delete("eager:1");
await eager.push("eager:new", "…", { global: true });
const owned = await eager.keys({ prefix: "eager:" });
console.log(`Eager replaced one, deleted one and pushed a new one: it holds ${owned.length}.`);
await mesh.close();
await remove();
