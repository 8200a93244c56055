// Shows: many tenants on one storage, each with its own items, statistics and lifecycle.
// Look at: a key has a separate value per tenant; a missing tenant id is refused; a dropped tenant leaves no data.

import { isSynthaError, TenantRegistry } from "@syntha/core";
import { setTimeout as sleep } from "node:timers/promises";
import { printTable } from "../print/table.ts";
import { createLocation, storageAt } from "../storage/location.ts";

const { location, text, remove } = await createLocation();
const tenants = new TenantRegistry({ storage: storageAt(location), sweepEvery: false });
console.log(`Storage: ${text}\n`);

for (const [tenant, customer, value] of [
  ["acme", "Hilltop Bakery", 50_000],
  ["globex", "Seaside Cinema", 75_000],
] as const) {
  const sales = tenants.mesh(tenant).agent("Sales");
  await sales.subscribe(["deals"]);
  await sales.push("deal:1", { customer, value }, { topics: ["deals"] });
  await sales.push("lead", "call back", { topics: ["deals"], ttl: "20ms" });
}
await sleep(30);

// A sweep of one tenant does not affect the others.
const swept = await tenants.mesh("acme").sweep();
const rowsOf = async (tenant: string) => {
  const { items, expired, topics, agents } = await tenants.stats(tenant);
  const deal = await tenants.mesh(tenant).agent("Sales").get<{ customer: string }>("deal:1");
  return { tenant, "deal:1": deal?.customer ?? "", items, expired, topics, agents };
};
console.log(`acme is swept (${swept} item), globex is not:`);
printTable([await rowsOf("acme"), await rowsOf("globex")]);
const { tenants: count, items, expired } = await tenants.totals();
console.log(`Total: ${count} tenants, ${items} items, ${expired} expired`);

console.log("\nA missing tenant id is refused:");
for (const missing of ["", undefined as unknown as string]) {
  try {
    tenants.mesh(missing);
  } catch (error) {
    console.log(`  mesh(${JSON.stringify(missing)}): ${isSynthaError(error) ? error.code : "?"}`);
  }
}

// A cursor belongs to the log of one tenant.
const { cursor } = await tenants.mesh("acme").agent("Sales").changes();
const tryCursor = (tenant: string): Promise<string> =>
  tenants
    .mesh(tenant)
    .agent("Sales")
    .changes({ since: cursor })
    .then(
      () => "resumes",
      (error: unknown) => (isSynthaError(error) ? error.code : String(error)),
    );
console.log(
  `\nacme's cursor: in acme ${await tryCursor("acme")}, in globex ${await tryCursor("globex")}`,
);
await tenants.drop("acme");
console.log(`After acme was dropped: in a new acme ${await tryCursor("acme")}`);
console.log(`Remaining tenants: ${(await tenants.list()).join(", ")}`);
printTable([await rowsOf("acme"), await rowsOf("globex")]);
await tenants.close();
await remove();
