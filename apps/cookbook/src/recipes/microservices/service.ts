import { ContextMesh, isSynthaError } from "@syntha/core";
import { type Place, storageAt } from "../../storage/place.ts";
import type { Order } from "./order.ts";

/** The topic that each service takes its work from, and the one that its work goes on to. */
const FLOW: Record<string, { takes: string; gives: string }> = {
  payment: { takes: "ordered", gives: "paid" },
  packing: { takes: "paid", gives: "packed" },
  courier: { takes: "packed", gives: "delivered" },
};

const [service = "", where = "", flag] = process.argv.slice(2);
const { takes, gives } = FLOW[service] ?? { takes: "", gives: "" };
const mesh = new ContextMesh({ tenantId: "shop", storage: storageAt(JSON.parse(where) as Place) });
const agent = mesh.agent(service);
await agent.subscribe([takes]);

const stop = new AbortController();
process.once("disconnect", () => stop.abort());

await agent.work<Order>(
  takes,
  async ({ value: { order, stages } }, { attempt }) => {
    if (flag === "--stuck") {
      process.send?.(order);
      await new Promise(() => {});
    }
    const done: Order = { order, stages: [...stages, { service, pid: process.pid, attempt }] };
    // Who died between handing on and completing has handed on already.
    await agent
      .push(`${gives}:${order}`, done, { topics: [gives], ifRevision: 0 })
      .catch((error: unknown) => {
        if (!isSynthaError(error, "CONFLICT")) throw error;
      });
    return done;
  },
  { lease: "2s", signal: stop.signal },
);
await mesh.close();
