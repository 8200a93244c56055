import { ContextMesh } from "@syntha/core";
import { type StorageLocation, storageAt } from "../../storage/location.ts";
import type { Order } from "./order.ts";

/** The input and output topic of each service. */
const FLOW: Record<string, { takes: string; gives: string }> = {
  payment: { takes: "ordered", gives: "paid" },
  packing: { takes: "paid", gives: "packed" },
  courier: { takes: "packed", gives: "delivered" },
};

const [service = "", where = "", flag] = process.argv.slice(2);
const { takes, gives } = FLOW[service] ?? { takes: "", gives: "" };
const mesh = new ContextMesh({
  tenantId: "shop",
  storage: storageAt(JSON.parse(where) as StorageLocation),
});
const agent = mesh.agent(service);
await agent.subscribe([takes]);

const stop = new AbortController();
process.once("disconnect", () => stop.abort());

await agent.work<Order>(
  takes,
  async ({ value: { order, stages } }, lease) => {
    if (flag === "--stuck") {
      process.send?.(order);
      await new Promise(() => {});
    }
    const done: Order = {
      order,
      stages: [...stages, { service, pid: process.pid, attempt: lease.attempt }],
    };
    await lease.handOff(done, { topics: [gives] });
  },
  { lease: "2s", signal: stop.signal },
);
await mesh.close();
