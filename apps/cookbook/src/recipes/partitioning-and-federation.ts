// Shows: partitions on storages of their own, and one question to several.
// Look at: the federation gives each partition under its name, and of each only what its agent sees.

import { ContextMesh, copyTenant, federate, MemoryStorage } from "@syntha/core";
import { printTable } from "../print/table.ts";
import { freshPlace, storageAt } from "../storage/place.ts";

const { place, text, remove } = await freshPlace();
const [onDisk, inMemory] = [storageAt(place), new MemoryStorage()];
const users = new ContextMesh({ tenantId: "users", storage: onDisk });
const analytics = new ContextMesh({ tenantId: "analytics", storage: inMemory });
const operations = new ContextMesh({ tenantId: "operations", storage: inMemory });
console.log(`users: ${text}; analytics and operations: memory\n`);

await users
  .agent("Profiles")
  .push("user:123:profile", { name: "Ines", theme: "dark" }, { topics: ["profiles"] });
await users.agent("Profiles").push("user:456:profile", { name: "Tom" }, { topics: ["profiles"] });
await users.agent("Billing").push("user:123:card", { last4: "4242" }, { subscribers: ["Billing"] });
await analytics.agent("Counter").push("user:123:visits", { today: 7 }, { topics: ["visits"] });
await operations.agent("Monitor").push("health", { cpu: 65 }, { topics: ["health"] });

// The support agent has a view into each partition, and in each its own subscriptions.
const views = {
  users: users.agent("Support"),
  analytics: analytics.agent("Support"),
  operations: operations.agent("Support"),
};
await views.users.subscribe(["profiles"]);
await views.analytics.subscribe(["visits"]);

const support = federate(views);
console.log("Support asks all partitions about user 123:");
console.log(JSON.stringify(await support.getAll({ prefix: "user:123:" }), null, 2));

const keys = await support.keys();
const rows = [
  { partition: "users", mesh: users, sees: keys.users },
  { partition: "analytics", mesh: analytics, sees: keys.analytics },
  { partition: "operations", mesh: operations, sees: keys.operations },
];
console.log("");
printTable(
  await Promise.all(
    rows.map(async ({ partition, mesh, sees }) => ({
      partition,
      holds: (await mesh.stats()).items,
      "Support sees": sees.join(", "),
    })),
  ),
);

// A partition that outgrows memory moves to another storage, subscriptions and all.
const moved = await copyTenant({ from: inMemory, to: onDisk, tenantId: "analytics" });
await analytics.close();
const elsewhere = new ContextMesh({ tenantId: "analytics", storage: onDisk });
const again = federate({ ...views, analytics: elsewhere.agent("Support") });
console.log(`\nanalytics moved to where users are, compared and equal: ${moved.verified}`);
console.log(`Support sees there: ${(await again.keys()).analytics.join(", ")}`);
await Promise.all([users, elsewhere, operations].map((mesh) => mesh.close()));
await remove();
