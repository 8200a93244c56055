import {
  type AgentContext,
  ContextMesh,
  type Item,
  type ItemHeader,
  type JsonValue,
  type MeshSchema,
} from "@syntha/core";
import { z } from "zod";

/** Whether two types are the same, not only assignable. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <T extends true>(): T | undefined => undefined;

type Task = { title: string };
type TaskItem = Item<Task, `task:${string}`>;
type SummaryItem = Item<string, "summary">;
type CountItem = Item<number, `count:${string}`>;

const mesh = new ContextMesh({
  schema: {
    items: {
      "task:*": z.object({ title: z.string() }),
      "count:*": z.number(),
      summary: z.string(),
    },
    topics: { work: "task:*", figures: ["count:*", "summary"], chat: "*" },
    events: { done: z.boolean() },
  },
});
const agent = mesh.agent("Ann");

// The topics of a table are those of the mesh.
await agent.subscribe(["work", "figures", "chat"]);
// @ts-expect-error no such topic
await agent.subscribe(["wrok"]);

// What is claimed or worked on by topic is what the topic has.
const task = await agent.claim({ topic: "work" });
is<Same<NonNullable<typeof task>["item"], TaskItem>>();
const figure = await agent.claim({ topic: "figures" });
is<Same<NonNullable<typeof figure>["item"], CountItem | SummaryItem>>();
const any = await agent.claim({ topic: "chat" });
is<Same<NonNullable<typeof any>["item"], TaskItem | CountItem | SummaryItem>>();
const one = await agent.claim({ key: "task:1" });
is<Same<NonNullable<typeof one>["item"], Item<Task, "task:1">>>();
const several = await agent.claim({ topics: ["work", "figures"] });
is<Same<NonNullable<typeof several>["item"], TaskItem | CountItem | SummaryItem>>();
// An inbox may have any item.
const mine = await agent.claim({ inbox: true });
is<Same<NonNullable<typeof mine>["item"], TaskItem | CountItem | SummaryItem>>();
const mineToo = await agent.claim({ topics: ["work"], inbox: true });
is<Same<NonNullable<typeof mineToo>["item"], TaskItem | CountItem | SummaryItem>>();
void agent.work({ topics: ["work"] }, (item) => {
  is<Same<typeof item, TaskItem>>();
});
void agent.work({ topics: ["work"], inbox: true }, (item) => {
  is<Same<typeof item, TaskItem | CountItem | SummaryItem>>();
});
// @ts-expect-error no such topic
await agent.claim({ topics: ["work", "wrok"] });
// @ts-expect-error no such topic
void agent.work({ topics: ["wrok"] }, () => 1);
// @ts-expect-error a worker does not name a key
void agent.work({ key: "task:1" }, () => 1);
// @ts-expect-error no such topic
await agent.claim({ topic: "wrok" });
// @ts-expect-error no such key
await agent.claim({ key: "other" });
declare const from: { readonly topic: "work" } | { readonly key: "summary" };
await agent.claim(from);
void agent.work("work", (item, lease) => {
  is<Same<typeof item, TaskItem>>();
  is<Same<typeof lease.item, TaskItem>>();
  is<Same<typeof lease.key, `task:${string}`>>();
  return { title: item.value.title };
});

// If a topic has several schemas, the key narrows the union.
void agent.work("figures", (item) => {
  if (item.key === "summary") return item.value.toUpperCase();
  is<Same<typeof item, CountItem>>();
  return item.value + 1;
});

// Listings are of what a prefix or topic leaves.
const { items: tasks } = await agent.list({ prefix: "task:" });
is<Same<(typeof tasks)[number], TaskItem>>();
const { items: someTasks } = await agent.list({ prefix: "task:4" });
is<Same<(typeof someTasks)[number], Item<Task, `task:4${string}`>>>();
const { items: beginning } = await agent.list({ prefix: "su" });
is<Same<(typeof beginning)[number], SummaryItem>>();
const { items: onTopic } = await agent.list({ topics: ["work"], limit: 5 });
is<Same<(typeof onTopic)[number], TaskItem>>();
const { items: both } = await agent.list({ topics: ["figures"], prefix: "count:" });
is<Same<(typeof both)[number], CountItem>>();
const { items: none } = await agent.list({ topics: ["work"], prefix: "count:" });
is<Same<(typeof none)[number], never>>();
const { items: all } = await agent.list();
is<Same<(typeof all)[number], TaskItem | CountItem | SummaryItem>>();
const { items: headers } = await agent.list({ topics: ["work"], values: false });
is<Same<(typeof headers)[number], ItemHeader<`task:${string}`>>>();
declare const prefix: string;
const { items: byVariable } = await agent.list({ prefix });
is<Same<(typeof byVariable)[number], TaskItem | CountItem | SummaryItem>>();
// @ts-expect-error no such topic
await agent.list({ topics: ["wrok"] });

const keys = await agent.keys({ topics: ["figures"] });
is<Same<(typeof keys)[number], "summary" | `count:${string}`>>();
const values = await agent.getAll({ prefix: "count:" });
is<Same<typeof values, { [x: `count:${string}`]: number | undefined }>>();
const item = await agent.getItem("summary");
is<Same<typeof item, SummaryItem | undefined>>();
const items = await agent.getItems(["summary", "task:1"]);
is<Same<(typeof items)[number], SummaryItem | Item<Task, "task:1">>>();

// Parts of values have the types that the schema gives them.
await agent.merge("task:1", { title: "Done" });
// @ts-expect-error not the type of the member
await agent.merge("task:1", { title: 5 });
// @ts-expect-error no list
await agent.append("summary", "more");
await agent.increment("count:1");
// @ts-expect-error no number
await agent.increment("summary");
declare const countOrTask: `count:${string}` | `task:${string}`;
await agent.increment(countOrTask);
const Any = { "*": z.unknown(), "maybe:*": z.number().optional() };
const loose = new ContextMesh({ schema: { items: Any } }).agent("Ann");
await loose.increment("visits");
await loose.increment("maybe:visits");
const free0 = new ContextMesh().agent("Ann");
const appended = await free0.append("findings", { page: 4 });
is<Same<typeof appended.value, JsonValue>>();
await free0.increment("visits", 2);
declare const anyAgent: AgentContext<MeshSchema>;
await anyAgent.increment("visits");
// @ts-expect-error JSON has no functions
await free0.merge("it", { run: () => 1 });

// A watch of keys or topics reports those items, and one of keys no events.
for await (const change of agent.watch({ keys: ["summary", "task:1"] })) {
  if (change.type === "put") is<Same<typeof change.item, SummaryItem | Item<Task, "task:1">>>();
  if (change.type === "hide") is<Same<typeof change.key, "summary" | "task:1">>();
  is<Same<Extract<typeof change, { type: "event" }>["event"], never>>();
}
for await (const change of agent.watch({ topics: ["work"], initial: true })) {
  if (change.type === "put") is<Same<typeof change.item, TaskItem>>();
  if (change.type === "event") is<Same<typeof change.event.data, boolean>>();
}
for await (const change of agent.watch({ prefix: "task:" })) {
  if (change.type === "put") is<Same<typeof change.item, TaskItem>>();
  is<Same<Extract<typeof change, { type: "event" }>["event"], never>>();
}
for await (const change of agent.watch({ prefix: "task:", types: ["done"] })) {
  if (change.type === "put") is<Same<typeof change.item, TaskItem>>();
  if (change.type === "event") is<Same<typeof change.event.type, "done">>();
}
// @ts-expect-error no such key
agent.watch({ keys: ["other"] });
// @ts-expect-error no such event
agent.watch({ types: ["other"] });
const { changes } = await agent.changes({ topics: ["figures"] });
for (const change of changes)
  if (change.type === "put") is<Same<typeof change.item, CountItem | SummaryItem>>();

// Without a schema, the reader's word and a prefix count.
const free = new ContextMesh().agent("Ann");
const { items: orders } = await free.list<{ id: string }>({ topics: ["orders"] });
is<Same<(typeof orders)[number], Item<{ id: string }>>>();
const { items: prefixed } = await free.list({ prefix: "order:" });
is<Same<(typeof prefixed)[number], Item<JsonValue, `order:${string}`>>>();
const lease = await free.claim<{ id: string }>({ topic: "orders" });
is<Same<NonNullable<typeof lease>["item"], Item<{ id: string }>>>();
void free.work<{ id: string }>("orders", ({ value }) => value.id);
for await (const change of free.watch())
  if (change.type === "put") is<Same<typeof change.item, Item>>();

// An agent of any mesh is one of a mesh with any schema.
const general: AgentContext<MeshSchema> = agent;
const system: AgentContext<MeshSchema> = mesh.system;
const untyped: AgentContext<MeshSchema> = free;
void [general, system, untyped];

// Patterns of a topic are texts.
// @ts-expect-error neither a pattern nor a list of them
new ContextMesh({ schema: { topics: { work: 5 } } });
