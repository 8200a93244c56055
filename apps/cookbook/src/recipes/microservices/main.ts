// Shows: services in separate processes on one SQLite file, or on Postgres.
// Look at: services do not call each other; the order of a killed packer is delayed by its lease only.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ContextMesh } from "@syntha/core";
import { printTable } from "../../print/table.ts";
import { createLocation, storageAt } from "../../storage/location.ts";
import type { Order } from "./order.ts";

const ORDERS = 12;
const { location, text, remove } = await createLocation();
console.log(`Storage: ${text}\n`);
const mesh = new ContextMesh({ tenantId: "shop", storage: storageAt(location) });
const shop = mesh.agent("Shop");
await shop.subscribe(["delivered"]);

function start(service: string, ...flags: string[]): ChildProcess {
  const file = fileURLToPath(new URL("service.ts", import.meta.url));
  return fork(file, [service, JSON.stringify(location), ...flags]);
}

const deliveries = shop.watch({ topics: ["delivered"] });
const numbers = Array.from({ length: ORDERS }, (_, i) => i + 1);
await shop.pushMany(
  numbers.map((order) => ({
    key: `order:${order}`,
    value: { order, stages: [] } satisfies Order,
    topics: ["ordered"],
  })),
);

const services = [start("payment"), start("courier")];
const doomed = start("packing", "--stuck").once("message", () => doomed.kill("SIGKILL"));
const [, signal] = await once(doomed, "exit");
console.log(`The first packer claimed an order and was killed by ${signal}. Another one starts.\n`);
services.push(start("packing"));

const delivered = new Map<number, Order>();
for await (const change of deliveries) {
  if (change.type !== "put") continue;
  const order = change.item.value as Order;
  delivered.set(order.order, order);
  if (delivered.size === ORDERS) break;
}

const stages = [...delivered.values()].flatMap((order) => order.stages);
printTable(
  ["payment", "packing", "courier"].map((service) => {
    const own = stages.filter((stage) => stage.service === service);
    return {
      service,
      orders: own.length,
      processes: new Set(own.map(({ pid }) => pid)).size,
      "in the second attempt": own.filter(({ attempt }) => attempt === 2).length,
    };
  }),
);
const isApart = stages.every(({ pid }) => pid !== process.pid);
console.log(
  `\nDelivered: ${delivered.size} of ${ORDERS}; none of it done in this process: ${isApart}`,
);

// Each service finishes its current order before it exits.
const codes = services.map(async (service) => {
  service.disconnect();
  return (await once(service, "exit"))[0] as number;
});
console.log(`The services exited with ${(await Promise.all(codes)).join(", ")}.`);
await mesh.close();
await remove();
