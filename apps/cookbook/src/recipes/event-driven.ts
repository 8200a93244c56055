// Shows: events, which are appended and never replaced, read by type.
// Look at: five simultaneous payments are five events; a repeated id is one event; a reader resumes from its cursor.

import { ContextMesh } from "@syntha/core";
import * as z from "zod";
import { printTable } from "../print/table.ts";

const mesh = new ContextMesh({
  schema: {
    topics: ["shop"],
    events: {
      order_created: z.object({ order: z.string(), items: z.array(z.string()) }),
      payment_received: z.object({ order: z.string(), amount: z.number() }),
      item_shipped: z.object({ order: z.string(), carrier: z.string() }),
    },
  },
});

const interests = {
  Orders: ["order_created", "payment_received"],
  Stock: ["order_created", "item_shipped"],
  Mailer: ["item_shipped"],
  Analytics: ["order_created", "payment_received", "item_shipped"],
} as const;
for (const name of Object.keys(interests)) await mesh.agent(name).subscribe(["shop"]);

// Shipping reacts to each payment at once.
const shipping = mesh.agent("Shipping");
await shipping.subscribe(["shop"]);
const feed = shipping.watch();
const shipped = (async () => {
  let count = 0;
  for await (const change of feed) {
    if (change.type !== "event" || change.event.type !== "payment_received") continue;
    const { order } = change.event.data;
    await shipping.publish(
      "item_shipped",
      { order, carrier: "Bike" },
      { topics: ["shop"], id: `ship:${order}` },
    );
    if (++count === 5) return;
  }
})();

const shop = mesh.agent("Shop");
const orders = ["O-1", "O-2", "O-3", "O-4", "O-5"];
const route = { topics: ["shop"] } as const;
for (const order of orders) await shop.publish("order_created", { order, items: ["lamp"] }, route);
await Promise.all(
  orders.map((order) =>
    shop.publish("payment_received", { order, amount: 40 }, { ...route, id: `pay:${order}` }),
  ),
);
// The bank reports a payment twice.
const twice = await shop.publish(
  "payment_received",
  { order: "O-1", amount: 40 },
  { ...route, id: "pay:O-1" },
);
console.log(`The repeated payment creates an event: ${twice.created}\n`);
await shipped;

printTable(
  await Promise.all(
    Object.entries(interests).map(async ([name, types]) => {
      const { events } = await mesh.agent(name).events({ types });
      const count = (type: string): number => events.filter((event) => event.type === type).length;
      return {
        agent: name,
        created: count("order_created"),
        paid: count("payment_received"),
        shipped: count("item_shipped"),
      };
    }),
  ),
);

// Analytics polls and receives only new events.
const analytics = mesh.agent("Analytics");
const { cursor } = await analytics.events();
await shop.publish("order_created", { order: "O-6", items: ["chair"] }, route);
const { events } = await analytics.events({ since: cursor });
console.log(
  `\nSince the last poll: ${events.map(({ type, data }) => `${type} ${data.order}`).join(", ")}`,
);

const stranger = await mesh.agent("Stranger").events();
console.log(`An agent without the topic sees ${stranger.events.length} events.`);
await mesh.close();
