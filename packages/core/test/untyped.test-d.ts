import { ContextMesh, type JsonValue } from "@syntha/core";

/** Whether two types are the same, not only assignable. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <T extends true>(): T | undefined => undefined;

interface Order {
  id: string;
  lines: { sku: string; count: number }[];
  note?: string;
}

const mesh = new ContextMesh();
const agent = mesh.agent("Ann");
declare const order: Order;
declare const json: JsonValue;
declare const unknownValue: unknown;

// What is read is JSON, or what the reader says that it is.
const plain = await agent.get("a");
is<Same<typeof plain, JsonValue | undefined>>();
const stated = await agent.get<Order>("a");
is<Same<typeof stated, Order | undefined>>();
const item = await agent.getItem<Order>("a");
is<Same<NonNullable<typeof item>["value"], Order>>();
const all = await agent.getAll<number>();
is<Same<typeof all, { [x: string]: number }>>();
const lease = await agent.claim<Order>({ topic: "orders" });
is<Same<NonNullable<typeof lease>["item"]["value"], Order>>();
await agent.claim<Order>({ inbox: true });
await agent.claim<Order>({ topics: ["orders"], inbox: true });
void agent.work<Order>({ inbox: true }, ({ value }) => value.id);

const plainLease = await agent.claim({ key: "a" });
is<Same<NonNullable<typeof plainLease>["item"]["value"], JsonValue>>();

// What JSON holds is taken, whatever it is declared as.
await agent.push("a", 1, { global: true });
await agent.push("a", order);
await agent.push("a", [order, order]);
await agent.push("a", json);
await agent.push("a", unknownValue);
await agent.push("a", { a: null, b: [1, "x", { c: true }], d: undefined });
await agent.push("a", { nested: { order } } as const);
await agent.pushMany([{ key: "a", value: order, topics: ["t"] }]);
await agent.publish("made", order, { topics: ["t"] });
await agent.update<string[]>("names", (old = []) => [...old, "Ann"]);

// What JSON does not hold is an error before it runs.
// @ts-expect-error a date
await agent.push("a", new Date());
// @ts-expect-error a date inside
await agent.push("a", { at: new Date() });
// @ts-expect-error a function
await agent.push("a", () => 1);
// @ts-expect-error a method inside
await agent.push("a", { run(): void {} });
// @ts-expect-error a bigint
await agent.push("a", 1n);
// @ts-expect-error a bigint in a list
await agent.push("a", [1, 2n]);
// @ts-expect-error a symbol
await agent.push("a", Symbol("s"));
// @ts-expect-error a map
await agent.push("a", new Map([["a", 1]]));
// @ts-expect-error a set inside
await agent.push("a", { set: new Set([1]) });
// @ts-expect-error bytes
await agent.push("a", new Uint8Array(1));
// @ts-expect-error a promise that was not awaited
await agent.push("a", Promise.resolve(1));
// @ts-expect-error a date in an event
await agent.publish("made", { at: new Date() }, { global: true });

// Options have their kinds.
// @ts-expect-error no duration
await agent.push("a", 1, { ttl: "5 minutes" });
// @ts-expect-error no list
await agent.push("a", 1, { topics: "t" });
// @ts-expect-error no such option
await agent.push("a", 1, { topic: "t" });
// @ts-expect-error by topic or by key
await agent.claim({});

for await (const change of agent.watch({ initial: true })) {
  if (change.type === "put") is<Same<typeof change.item.value, JsonValue>>();
  if (change.type === "event") is<Same<typeof change.event.data, JsonValue>>();
  if (change.type === "hide") is<Same<typeof change.key, string>>();
  // @ts-expect-error a hidden item has no value
  if (change.type === "hide") String(change.item);
}
