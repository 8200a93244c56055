import { ContextMesh, type Item, type MeshEvent, type WatchChange } from "@syntha/core";
import * as v from "valibot";
import { z } from "zod";

/** Whether two types are the same, not only assignable. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <T extends true>(): T | undefined => undefined;

const Task = z.object({ title: z.string(), done: z.boolean().default(false) });
type Task = { title: string; done: boolean };

const mesh = new ContextMesh({
  schema: {
    items: { "task:*": Task, summary: v.string() },
    topics: ["work", "play"],
    events: { finished: Task, failed: v.object({ reason: v.string() }) },
  },
});
const agent = mesh.agent("Ann");

// Keys: exact ones, and those that begin as a pattern does.
const task = await agent.get("task:42");
is<Same<typeof task, Task | undefined>>();
const summary = await agent.get("summary");
is<Same<typeof summary, string | undefined>>();
const item = await agent.getItem("task:1");
is<Same<NonNullable<typeof item>["value"], Task>>();
declare const key: `task:${string}`;
const byVariable = await agent.get(key);
is<Same<typeof byVariable, Task | undefined>>();
// @ts-expect-error no such key
await agent.get("tasks:42");
// @ts-expect-error no such key
await agent.delete("other");

// Values: what the schema takes is written, what it makes of it is read.
await agent.push("task:1", { title: "write" }, { topics: ["work"] });
await agent.push("summary", "all", { global: true });
// @ts-expect-error a wrong value
await agent.push("task:1", { title: 5 });
// @ts-expect-error the value of another key
await agent.push("summary", { title: "write" });
await agent.pushMany([
  { key: "task:1", value: { title: "a" }, topics: ["work"] },
  { key: "summary", value: "all", topics: ["play"] },
]);
// @ts-expect-error the value of another key, in a batch
await agent.pushMany([{ key: "summary", value: { title: "a" } }]);
await agent.update("task:1", (old) => {
  is<Same<typeof old, Task | undefined>>();
  return { title: old?.title ?? "new" };
});
// @ts-expect-error a wrong new value
await agent.update("task:1", () => 5);

// Topics are those of the list.
await agent.subscribe(["work", "play"]);
// @ts-expect-error no such topic
await agent.subscribe(["wrok"]);
// @ts-expect-error no such topic in a route
await agent.push("summary", "all", { topics: ["wrok"] });
// @ts-expect-error no such topic to delete
await mesh.deleteTopic("wrok");
// @ts-expect-error no such topic to watch
agent.watch({ topics: ["wrok"] });
// @ts-expect-error no such topic to claim from
await agent.claim({ topic: "wrok" });
// @ts-expect-error no such topic in permissions
await mesh.setPermissions("Bob", { post: ["wrok"] });
const subscriptions = await agent.subscriptions();
is<Same<typeof subscriptions, readonly ("work" | "play")[]>>();

// Events have their types, and their data.
await agent.publish("finished", { title: "write" }, { topics: ["work"] });
// @ts-expect-error no such event
await agent.publish("begun", { title: "write" }, { topics: ["work"] });
// @ts-expect-error another event's data
await agent.publish("failed", { title: "write" }, { topics: ["work"] });
const { events } = await agent.events({ types: ["failed"] });
is<Same<(typeof events)[number]["data"], { reason: string }>>();
// @ts-expect-error no such event to read
await agent.events({ types: ["begun"] });

// Leases, and what a handler is given.
const lease = await agent.claim({ topic: "work" });
is<Same<NonNullable<typeof lease>["item"]["value"], Task | string>>();
await lease?.complete("done", {
  events: [{ type: "failed", data: { reason: "none" }, topics: ["work"] }],
});
await lease?.complete("done", {
  // @ts-expect-error not the data of such an event
  events: [{ type: "failed", data: { why: "" }, topics: ["work"] }],
});
await lease?.complete("done", { push: [{ key: "summary", value: "all", topics: ["work"] }] });
// @ts-expect-error not the value of this key
await lease?.handOff("next", { push: [{ key: "summary", value: 1, topics: ["work"] }] });
// @ts-expect-error no such topic for the next stage
await lease?.handOff("next", { topics: ["wrok"] });
// @ts-expect-error no such topic for the result
await lease?.complete("done", { topics: ["wrok"] });
// @ts-expect-error no such event in a completion
await lease?.complete("done", { events: [{ type: "begun", data: {}, topics: ["work"] }] });
// @ts-expect-error not a value of an item of the topic
await lease?.complete(5);
// @ts-expect-error not a value of an item of the topic
await lease?.handOff({ name: "write" });
void agent.work("work", async () => undefined);
void agent.work("work", (_, held) => held.complete({ title: "write" }));
void agent.work("work", (_, held) => held.handOff("next"));
// @ts-expect-error not a value of an item of the topic
void agent.work("work", (_, held) => held.complete(5));
void agent.work("work", ({ value }, held) => {
  is<Same<typeof value, Task | string>>();
  is<Same<typeof held.item.value, Task | string>>();
  return "done";
});

for await (const change of agent.watch()) {
  is<
    Same<
      typeof change,
      WatchChange<
        unknown,
        MeshEvent<Task, "finished"> | MeshEvent<{ reason: string }, "failed">,
        Item<Task, `task:${string}`> | Item<string, "summary">
      >
    >
  >();
}

const { changes } = await agent.changes();
is<
  Same<
    (typeof changes)[number],
    Exclude<
      WatchChange<
        unknown,
        MeshEvent<Task, "finished"> | MeshEvent<{ reason: string }, "failed">,
        Item<Task, `task:${string}`> | Item<string, "summary">
      >,
      { type: "ready" | "lagged" }
    >
  >
>();

// What an agent may do is asked in the words that permissions are set in.
is<Same<Awaited<ReturnType<typeof agent.can>>, boolean>>();
await agent.can({ post: ["work"], global: true });
await agent.can({ subscribe: ["work"], direct: true });
// @ts-expect-error no such topic
await agent.can({ post: ["wrok"] });
// @ts-expect-error nothing that permissions name
await agent.can({ read: ["work"] });
// @ts-expect-error a list is due
await agent.can({ post: "work" });
const { agents } = await mesh.agents({ prefix: "A", limit: 10 });
is<
  Same<(typeof agents)[number]["subscriptions"], Awaited<ReturnType<typeof agent.subscriptions>>>
>();
is<Same<(typeof agents)[number]["permissions"], Awaited<ReturnType<typeof mesh.permissions>>>>();
await mesh.agents({ page: (await mesh.agents()).nextPage });
// @ts-expect-error no such filter
await mesh.agents({ topic: "work" });

// A part that is left out of the schema is free.
const loose = new ContextMesh({ schema: { topics: ["work"] } });
await loose.system.push("any", { thing: 1 }, { topics: ["work"] });
// @ts-expect-error JSON it has to be all the same
await loose.system.push("any", { at: new Date() }, { topics: ["work"] });
const free = new ContextMesh({ schema: { items: { note: z.string() } } });
await free.system.push("note", "x", { topics: ["any"] });
await free.system.publish("any", { thing: 1 }, { topics: ["any"] });
