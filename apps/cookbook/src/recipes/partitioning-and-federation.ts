// Shows: partitions on separate storages, and queries across them.
// Look at: the federation returns results by partition, and of each only what its agent can see.

import { ContextMesh, copyTenant, federate, MemoryStorage } from "@syntha/core";
import { printTable } from "../print/table.ts";
import { createLocation, storageAt } from "../storage/location.ts";

const { location, text, remove } = await createLocation();
const [onDisk, inMemory] = [storageAt(location), new MemoryStorage()];
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

// The support agent has an agent, with its own subscriptions, in each partition.
const views = {
  users: users.agent("Support"),
  analytics: analytics.agent("Support"),
  operations: operations.agent("Support"),
};
await views.users.subscribe(["profiles"]);
await views.analytics.subscribe(["visits"]);

const support = federate(views);
console.log("Support queries all partitions about user 123:");
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
      items: (await mesh.stats()).items,
      "Support sees": sees.join(", "),
    })),
  ),
);

// A partition moves to another storage with all its data, including subscriptions.
const moved = await copyTenant({ from: inMemory, to: onDisk, tenantId: "analytics" });
await analytics.close();
const elsewhere = new ContextMesh({ tenantId: "analytics", storage: onDisk });
const again = federate({ ...views, analytics: elsewhere.agent("Support") });
console.log(`\nanalytics was copied to the storage of users and verified: ${moved.verified}`);
console.log(`Support sees: ${(await again.keys()).analytics.join(", ")}`);
await Promise.all([users, elsewhere, operations].map((mesh) => mesh.close()));
await remove();
