// Shows: limits on items, bytes and writes per tenant and per agent.
// Look at: 64 concurrent agents never exceed the limit; an agent at its limit can still read, replace and delete.

import { ContextMesh, isSynthaError } from "@syntha/core";
import { printTable } from "../print/table.ts";
import { createLocation, storageAt } from "../storage/location.ts";

const { location, text, remove } = await createLocation();
const limits = {
  tenant: { items: 100 },
  agent: { items: 10, bytes: 1_000 },
  agents: { Chatty: { writesPerSecond: 2 } },
};
const mesh = new ContextMesh({ storage: storageAt(location), limits });
console.log(`Storage: ${text}\n`);

/** Runs calls concurrently. Returns the number that succeeded, and the limits that refused the others. */
async function countRefused(calls: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(calls);
  const refused = settled.flatMap((call) => {
    if (call.status === "fulfilled") return [];
    if (!isSynthaError(call.reason, "LIMIT_EXCEEDED")) throw call.reason;
    return [call.reason.details.limit];
  });
  const by = [...new Set(refused)].toSorted().join(", ");
  return { succeeded: settled.length - refused.length, refused: refused.length, limit: by };
}
const push = (agent: string, key: string, value: string): Promise<unknown> =>
  mesh.agent(agent).push(key, value, { global: true });

const one = Array.from({ length: 15 }, (_, i) => push("Eager", `eager:${i}`, "…"));
const rows = [{ what: "Eager pushes 15 items", ...(await countRefused(one)) }];
rows.push({
  what: "Wordy pushes 2,000 bytes",
  ...(await countRefused([push("Wordy", "essay", "x".repeat(2_000))])),
});
const fast = Array.from({ length: 8 }, (_, i) => push("Chatty", "status", `step ${i}`));
rows.push({ what: "Chatty writes 8 times at once", ...(await countRefused(fast)) });
const crowd = Array.from({ length: 64 }, (_, i) =>
  [1, 2, 3].map((n) => push(`Agent-${i}`, `crowd:${i}:${n}`, "…")),
);
rows.push({ what: "64 agents push 3 items each", ...(await countRefused(crowd.flat())) });
printTable(rows);

const { items } = await mesh.stats();
console.log(`\nThe tenant has ${items} of 100 items.`);
const eager = mesh.agent("Eager");
await eager.push("eager:0", "!");
await eager.delete("eager:1");
await eager.push("eager:new", "…", { global: true });
const owned = await eager.keys({ prefix: "eager:" });
console.log(`Eager replaces one item, deletes one and adds one: it owns ${owned.length}.`);
await mesh.close();
await remove();
