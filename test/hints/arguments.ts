import assert from "node:assert/strict";
import { ContextMesh, federate, TenantRegistry } from "@syntha/core";
import { z } from "zod";
import { type HintCase, hintCases, names } from "./hint-case.ts";

/** Changes what it is given each time. */
const cents = z.number().transform((price) => Math.round(price * 100));

/** Calls whose arguments are refused before anything is read. */
export const ARGUMENTS: readonly HintCase[] = [
  ...hintCases("INVALID_ARGUMENTS", {
    "Name the most important ones, and describe the rest.": [
      ({ ann }) => ann.announce({ capabilities: names(33) }),
      ({ ann }) => ann.announce({ capabilities: names(32), description: "Much else." }),
    ],
    "Announce an agent: mesh.agent(": [
      ({ mesh }) => mesh.system.announce({ description: "All." }),
      ({ mesh }) => mesh.agent("Triage").announce({ description: "Sorts inquiries." }),
    ],
    "Leave it out to add 1; a negative number subtracts.": [
      ({ ann }) => ann.increment("visits", "1" as never, { global: true }),
      async ({ ann }) => {
        await ann.increment("visits", undefined, { global: true });
        await ann.increment("visits", -1);
      },
    ],
    "Decide on the item that it is called with, or await something else after the wait.": [
      async ({ ann }) => {
        await ann.push("it", 1, { global: true });
        await ann.waitFor("it", { until: (async () => true) as never });
      },
      ({ ann }) => ann.waitFor("it", { until: ({ revision }) => revision > 0 }),
    ],
    "Pass revisions by key, such as { plan: 7 }.": [
      ({ ann }) => ann.push("it", 1, { global: true, ifRevisions: 7 as never }),
      async ({ ann }) => {
        const { revision } = await ann.push("plan", 1, { global: true });
        await ann.push("it", 1, { global: true, ifRevisions: { plan: revision } });
      },
    ],
    "Name the items that the write depends on, and leave the option out if there are none.": [
      ({ ann }) => ann.push("it", 1, { global: true, ifRevisions: {} }),
      ({ ann }) => ann.push("it", 1, { global: true }),
    ],
    'Pass { topic: "work_queue" }, { topics: ["urgent", "work_queue"] }, { inbox: true } or { key:':
      [
        ({ ann }) => ann.claim({} as never),
        async ({ ann }) => {
          await ann.subscribe(["work_queue", "urgent"]);
          await ann.claim({ topic: "work_queue" });
          await ann.claim({ topics: ["urgent", "work_queue"] });
          await ann.claim({ inbox: true });
          await ann.claim({ key: "task:42" });
        },
      ],
    "Claim as the agent that the items name: mesh.agent(name).claim({ inbox: true }).": [
      ({ mesh }) => mesh.system.claim({ inbox: true }),
      ({ mesh }) => mesh.agent("Bea").claim({ inbox: true }),
    ],
    "Pass 10 for what must be claimed first, -10 for what can wait": [
      ({ ann }) => ann.push("it", 1, { global: true, priority: 100 }),
      async ({ ann }) => {
        for (const priority of [10, -10, undefined])
          await ann.push("it", 1, { global: true, priority });
      },
    ],
    'Pass a valid Date, or a delay such as "10m".': [
      ({ ann }) => ann.push("it", 1, { global: true, notBefore: new Date("soon") }),
      ({ ann }) => ann.push("it", 1, { global: true, notBefore: "10m" }),
    ],
    "Leave it out of dependsOn.": [
      ({ ann }) => ann.push("it", 1, { global: true, dependsOn: ["it"] }),
      ({ ann }) => ann.push("it", 1, { global: true }),
    ],
    "Depend on one item that depends on these, in parts of at most 64": [
      async ({ ann }) => {
        await ann.pushMany(names(65).map((key) => ({ key, value: 1, global: true })));
        await ann.push("sum", 1, { global: true, dependsOn: names(65) });
      },
      async ({ ann }) => {
        await ann.push("first 64", 1, { global: true, dependsOn: names(65).slice(0, 64) });
        await ann.push("sum", 1, { global: true, dependsOn: ["first 64", ...names(65).slice(64)] });
      },
    ],
    "Pass what was caught, if it is an Error, or the reason as text.": [
      async ({ ann }) => {
        await ann.push("task", 1, { global: true });
        await (await ann.claim({ key: "task" }))?.release({ error: 5 });
      },
      async ({ ann, clock }) => {
        clock.advance("1m");
        await (await ann.claim({ key: "task" }))?.release({ error: new Error("It failed.") });
      },
    ],
    "Did you mean `subscribers`?": [
      ({ ann }) => ann.push("it", 1, { subscriber: ["Bea"] } as object),
      ({ ann }) => ann.push("it", 1, { subscribers: ["Bea"] }),
    ],
    "Call clear without it.": [
      ({ mesh }) => (mesh.clear as (options: object) => unknown).call(mesh, { prefix: "a" }),
      ({ mesh }) => mesh.clear(),
    ],
    "Options of push:": [
      ({ ann }) => ann.push("it", 1, null as never),
      ({ ann }) => ann.push("it", 1, { global: true }),
    ],
    "Pass `controller.signal`.": [
      ({ ann }) => ann.watch({ signal: new AbortController() as never }),
      ({ ann }) => ann.watch({ signal: new AbortController().signal }).return(),
    ],
    "Leave it out for its default.": [
      ({ ann }) => ann.list({ values: "no" as never }),
      ({ ann }) => ann.list({}),
    ],
    "Pass the function itself, not what it returns.": [
      ({ ann }) => ann.update("it", 5 as never, { global: true }),
      ({ ann }) => ann.update("it", () => 5, { global: true }),
    ],
    "Leave out `initial` or `since`.": [
      async ({ ann }) => ann.watch({ initial: true, since: (await ann.changes()).cursor }),
      ({ ann }) => ann.watch({ initial: true }).return(),
    ],
    "Leave it out for 1024.": [
      ({ ann }) => ann.watch({ buffer: 0 }),
      ({ ann }) => ann.watch().return(),
    ],
    "Pass milliseconds as a number, or text such as": [
      ({ ann }) => ann.push("it", 1, { global: true, ttl: 0 }),
      ({ ann }) => ann.push("it", 1, { global: true, ttl: "30s" }),
    ],
    'Pass the key as text, such as "inquiry".': [
      ({ ann }) => ann.get(5 as never),
      ({ ann }) => ann.get("inquiry"),
    ],
    'Pass an array, such as ["support"].': [
      ({ ann }) => ann.subscribe("support" as never),
      ({ ann }) => ann.subscribe(["support"]),
    ],
    "Split the list into calls of at most 1000.": [
      ({ ann }) => ann.getMany(names(1_001)),
      async ({ ann }) => {
        await ann.getMany(names(1_000));
        await ann.getMany(["t1000"]);
      },
    ],
    "Choose another name for the agent; the system itself acts by mesh.system.": [
      ({ mesh }) => mesh.agent("system"),
      ({ mesh }) => [mesh.system, mesh.agent("Operator")],
    ],
    "Call explain(key) alone for the system's own view.": [
      ({ mesh }) => mesh.system.explain("system", "it"),
      ({ mesh }) => mesh.system.explain("it"),
    ],
    'Pass "system" itself.': [
      ({ mesh }) => mesh.system.log({ actor: "SYSTEM" }),
      ({ mesh }) => mesh.system.log({ actor: "system" }),
    ],
    "Types of changes: put, delete,": [
      ({ mesh }) => mesh.system.log({ types: ["puts" as never] }),
      ({ mesh }) => mesh.system.log({ types: ["put", "delete"] }),
    ],
    "Pass a `revision`, the `position` of an entry, or `head` or `floor`.": [
      ({ mesh }) => mesh.system.log({ before: -1 }),
      async ({ mesh, ann }) => {
        const { revision } = await ann.push("a", 1, { global: true });
        const { entries, head, floor } = await mesh.system.log({ after: revision - 1 });
        for (const before of [revision, entries[0]!.position, head, floor])
          await mesh.system.log({ before });
      },
    ],
    "Leave out `after`: the page token has the position.": [
      ({ ann }) => ann.list({ after: "a", page: "p1.YQ" }),
      ({ ann }) => ann.list({ page: "p1.YQ" }),
    ],
    "Pass `last` alone for the newest entries, or with `before`": [
      ({ mesh }) => mesh.system.log({ after: 0, last: 10 }),
      async ({ mesh }) => {
        await mesh.system.log({ last: 10 });
        await mesh.system.log({ last: 10, before: 5 });
      },
    ],
    "Leases of the system have no agent: look for those in what `leases` returns.": [
      ({ mesh }) => mesh.system.leases({ agent: "system" }),
      async ({ mesh }) => {
        await mesh.system.push("a", 1, { global: true });
        await mesh.system.claim({ key: "a" });
        const { leases } = await mesh.system.leases();
        if (leases[0]?.agent !== undefined) throw new Error("It has an agent.");
      },
    ],
    "Leave `agent` out to release what the system itself holds.": [
      ({ mesh }) => mesh.system.release("a", { agent: "system" }),
      async ({ mesh }) => {
        await mesh.system.push("a", 1, { global: true });
        await mesh.system.claim({ key: "a" });
        await mesh.system.release("a");
      },
    ],
    "The system sees everything: explain(key) says so.": [
      ({ mesh }) => mesh.system.explainMany("system", ["it"]),
      ({ mesh }) => mesh.system.explain("it"),
    ],
    "Leave it out: no route names the system, which sees every item.": [
      ({ mesh }) => mesh.system.list({ subscribers: ["system"] }),
      ({ mesh }) => mesh.system.list(),
    ],
    "Items that the system wrote have no author": [
      ({ ann }) => ann.list({ author: "system" }),
      async ({ mesh, ann }) => {
        await mesh.system.push("it", 1, { global: true });
        const { items } = await ann.list();
        if (!items.some(({ author }) => author === undefined)) throw new Error("It has an author.");
      },
    ],
    "Name an agent: the system has no permissions": [
      ({ mesh }) => mesh.setPermissions("system", {}),
      ({ mesh }) => mesh.setPermissions("Ann", {}),
    ],
    "Leave it out: only `limits.tenant` bounds": [
      () => new ContextMesh({ limits: { agents: { system: { items: 1 } } } }),
      async ({ storage }) => {
        const mesh = new ContextMesh({
          storage,
          tenantId: "acme",
          limits: { tenant: { items: 0 } },
        });
        const push = mesh.system.push("it", 1, { global: true });
        const isBound = await push.then(
          () => false,
          () => true,
        );
        await mesh.close();
        if (!isBound) throw new Error("The system is not bound.");
      },
    ],
    "Leave it out: the system sees every item": [
      ({ ann }) => ann.push("it", 1, { topics: ["t"], subscribers: ["system"] }),
      async ({ ann, mesh }) => {
        await ann.push("it", 1, { topics: ["t"] });
        if ((await mesh.system.get("it")) !== 1) throw new Error("The system does not see it.");
      },
    ],
    "Use one topic that all of their subscribers subscribe to, or raise `limits.routeTopics`": [
      ({ ann }) => ann.push("it", 1, { topics: names(65) }),
      async ({ ann, bea, storage }) => {
        await bea.subscribe(["all"]);
        await ann.push("it", 1, { topics: ["all"] });
        await using wide = new ContextMesh({ storage, limits: { routeTopics: 65 } });
        await wide.agent("Ann").push("it", 2, { topics: names(65) });
      },
    ],
    "Use a topic that all of these agents subscribe to, or raise `limits.routeSubscribers`": [
      ({ ann }) => ann.push("it", 1, { subscribers: names(65, "A") }),
      async ({ ann, storage }) => {
        await ann.push("it", 1, { topics: ["all"] });
        await using wide = new ContextMesh({ storage, limits: { routeSubscribers: 65 } });
        await wide.agent("Ann").push("it", 2, { subscribers: names(65, "A") });
      },
    ],
    "Split a longer list into batches": [
      ({ ann }) => ann.pushMany(names(10_001).map((key) => ({ key, value: 1, global: true }))),
      async ({ ann }) => {
        const pushes = names(10_001).map((key) => ({ key, value: 1, global: true }));
        await ann.pushMany(pushes.slice(0, 10_000));
        await ann.pushMany(pushes.slice(10_000));
      },
    ],
    "Name each key, and each event's id, once": [
      ({ ann }) => ann.pushMany([1, 2].map((value) => ({ key: "it", value, global: true }))),
      ({ ann }) => ann.pushMany([{ key: "it", value: 2, global: true }]),
    ],
    "Make at most 16384 in one call": [
      async ({ ann }) => {
        await ann.push("task", 1, { global: true });
        const lease = await ann.claim({ key: "task" });
        const events = names(16_384).map((id) => ({ type: "done", data: 1, global: true, id }));
        await lease?.complete("done", { events });
      },
      async ({ ann, clock }) => {
        clock.advance("1m");
        const lease = await ann.claim({ key: "task" });
        const events = names(16_384).map((id) => ({ type: "done", data: 1, global: true, id }));
        await lease?.complete("done", { events: events.slice(1) });
        await ann.publish("done", 1, { global: true, id: "t0" });
      },
    ],
    'Subscribe an agent: mesh.agent("Triage").subscribe([...]).': [
      ({ mesh }) => mesh.system.subscribe(["t"]),
      ({ mesh }) => mesh.agent("Triage").subscribe(["t"]),
    ],
    "Leave it out to list items regardless of it.": [
      ({ ann }) => ann.list({ state: "closed" as never }),
      ({ ann }) => ann.list({}),
    ],
    "Request at most 1000, and continue with the next page.": [
      ({ ann }) => ann.list({ limit: 5_000 }),
      async ({ ann }) => {
        for (let page, pages = 0; page !== undefined || pages === 0; pages++)
          page = (await ann.list({ limit: 1_000, page })).nextPage;
      },
    ],
    "Permissions name up to 1000 topics": [
      ({ mesh }) => mesh.setPermissions("Ann", { post: names(1_001) }),
      ({ mesh }) => mesh.setPermissions("Ann", { post: ["shared"] }),
    ],
    'Write post: "*" for all topics, or name the topics.': [
      ({ mesh }) => mesh.setPermissions("Ann", { post: ["*"] }),
      ({ mesh }) => mesh.setPermissions("Ann", { post: "*" }),
    ],
    'Ask for something, such as { post: ["support"] }': [
      ({ ann }) => ann.can({}),
      ({ ann }) => ann.can({ post: ["support"] }),
    ],
    "Pass the `revision` that a read or push returned, or 0": [
      ({ ann }) => ann.push("it", 1, { global: true, ifRevision: -1 }),
      async ({ ann }) => {
        const { revision } = await ann.push("it", 1, { global: true, ifRevision: 0 });
        await ann.push("it", 2, { ifRevision: revision });
      },
    ],
    "Shorten `retention.log` too, or raise this one.": [
      () => new ContextMesh({ retention: { events: "1d" } }),
      () => [
        new ContextMesh({ retention: { events: "1d", log: "1d" } }),
        new ContextMesh({ retention: { events: "8d" } }),
      ],
    ],
    'Pass a duration such as "7d", { age: "7d", commits: 10_000 }, or false': [
      () => new ContextMesh({ retention: { log: { commits: -1 } } }),
      () => [
        new ContextMesh({ retention: { log: "7d" } }),
        new ContextMesh({ retention: { log: { age: "7d", commits: 10_000 } } }),
        new ContextMesh({ retention: { log: false, history: false, events: false } }),
      ],
    ],
    'Pass a duration such as "30d", { age: "30d", count: 10_000 }, or false': [
      () => new ContextMesh({ retention: { events: {} } }),
      () => [
        new ContextMesh({ retention: { events: "30d" } }),
        new ContextMesh({ retention: { events: { age: "30d", count: 10_000 } } }),
        new ContextMesh({ retention: { events: false } }),
      ],
    ],
    "Pass { items: 10_000, bytes: 50_000_000, writesPerSecond: 100 }": [
      () => new ContextMesh({ limits: { tenant: { items: -1 } } }),
      () =>
        new ContextMesh({
          limits: { tenant: { items: 10_000, bytes: 50_000_000, writesPerSecond: 100 } },
        }),
    ],
    "Pass schemas of Zod, Valibot, ArkType": [
      () => new ContextMesh({ schema: { items: { task: { title: "string" } as never } } }),
      () => new ContextMesh({ schema: { items: { task: z.object({ title: z.string() }) } } }),
    ],
    'Only the end can be left open: "task:*".': [
      () => new ContextMesh({ schema: { items: { "*:task": z.string() } } }),
      () => new ContextMesh({ schema: { items: { "task:*": z.string() } } }),
    ],
    "Leave maxAttempts out for its default.": [
      ({ ann }) => ann.claim({ key: "it" }, { maxAttempts: 0 }),
      ({ ann }) => ann.claim({ key: "it" }),
    ],
    'Pass mesh.agent("Name") for each part.': [
      ({ mesh }) => federate({ ann: mesh as never }),
      ({ mesh }) => federate({ ann: mesh.agent("Ann") }).keys(),
    ],
    "Pass agents by name: federate({": [
      ({ ann }) => federate([ann] as never),
      ({ ann }) => federate({ sales: ann }).keys(),
    ],
    "Pass quotas by name: { Archive: { items: 5_000 } }.": [
      () => new ContextMesh({ limits: { agents: [{ items: 1 }] as never } }),
      () => new ContextMesh({ limits: { agents: { Archive: { items: 5_000 } } } }),
    ],
    'Pass schemas by name: { "task:*": Task }.': [
      () => new ContextMesh({ schema: { items: [z.string()] as never } }),
      () => new ContextMesh({ schema: { items: { "task:*": z.string() } } }),
    ],
    "Return the options themselves, not a promise": [
      () => new TenantRegistry({ optionsFor: (async () => ({})) as never }).mesh("acme"),
      () => new TenantRegistry({ optionsFor: () => ({}) }).mesh("acme"),
    ],
    "Leave it out for no limit.": [
      () => new TenantRegistry({ maxOpen: 0 }),
      () => new TenantRegistry(),
    ],
    'Pass a list, or key patterns by topic: { work: "task:*", chat: "*" }.': [
      () => new ContextMesh({ schema: { topics: 5 as never } }),
      () => [
        new ContextMesh({ schema: { topics: ["work"] } }),
        new ContextMesh({ schema: { topics: { work: "task:*", chat: "*" } } }),
      ],
    ],
  }),
  ...hintCases("INVALID_TENANT", {
    "Pass the id of one user, customer or project; leave `tenantId` out": [
      () => new ContextMesh({ tenantId: "" }),
      () => [new ContextMesh({ tenantId: "acme" }), new ContextMesh()],
    ],
  }),
  ...hintCases("MISCONFIGURED", {
    'Pass an instance, such as new SqliteStorage({ path: "mesh.db" })': [
      () => new ContextMesh({ storage: "mesh.db" as never }),
      ({ storage }) => new ContextMesh({ storage }),
    ],
  }),
  ...hintCases("INVALID_TEXT", {
    "Use a key of well-formed text; such characters may stand inside a value.": [
      ({ ann }) => ann.push("a\0b", 1, { global: true }),
      ({ ann }) => ann.push("ab", "a\0b", { global: true }),
    ],
  }),
  ...hintCases("TOO_LARGE", {
    "Shorten the key, and put the long text into a value.": [
      ({ ann }) => ann.push("x".repeat(257), 1, { global: true }),
      ({ ann }) => ann.push("x", "x".repeat(257), { global: true }),
    ],
    "Split it into several smaller values, or store a reference": [
      ({ ann }) => ann.push("it", "x".repeat(300_000), { global: true }),
      ({ ann }) =>
        ann.pushMany(
          [0, 1].map((n) => ({ key: `${n}`, value: "x".repeat(150_000), global: true })),
        ),
    ],
  }),
  ...hintCases("TOO_COMPLEX", {
    "Split it into several values, or store it as one text: JSON.stringify(value).": [
      ({ ann }) => ann.push("it", names(10_001), { global: true }),
      async ({ ann }) => {
        const value = names(10_001);
        await ann.push("it", JSON.stringify(value), { global: true });
        await ann.push("half", value.slice(0, 5_000), { global: true });
      },
    ],
  }),
  ...hintCases("INVALID_VALUE", {
    "Hand over plain objects, arrays, strings": [
      ({ ann }) => ann.push("it", { at: new Date() } as never, { global: true }),
      ({ ann }) => ann.push("it", { at: new Date().toISOString() }, { global: true }),
    ],
    "Hand over plain objects and arrays, whose properties can be read.": [
      ({ ann }) =>
        ann.push("it", new Proxy({}, { ownKeys: () => assert.fail("closed") }), { global: true }),
      ({ ann }) => ann.push("it", {}, { global: true }),
    ],
    "Pass what happened as JSON; null is allowed.": [
      ({ ann }) => ann.publish("happened", undefined as never, { global: true }),
      ({ ann }) => ann.publish("happened", null, { global: true }),
    ],
  }),
  ...hintCases("INVALID_CURSOR", {
    "Pass `nextPage` of the listing before, unchanged.": [
      ({ ann }) => ann.list({ page: "2" }),
      async ({ ann }) => {
        await ann.pushMany(names(2).map((key) => ({ key, value: 1, global: true })));
        const { nextPage } = await ann.list({ limit: 1 });
        await ann.list({ limit: 1, page: nextPage });
      },
    ],
    "Pass a `cursor` of a change, a watch or events() unchanged.": [
      ({ ann }) => ann.events({ since: "42" }),
      async ({ ann }) => ann.events({ since: (await ann.events()).cursor }),
    ],
    "Pass it back exactly as it was returned.": [
      ({ ann }) => ann.list({ page: "p1.A" }),
      async ({ ann }) => {
        await ann.pushMany(names(2).map((key) => ({ key, value: 1, global: true })));
        await ann.list({ page: (await ann.list({ limit: 1 })).nextPage });
      },
    ],
  }),
  ...hintCases("SCHEMA_MISMATCH", {
    "Correct the value at the path, and write it again.": [
      async ({ storage }) => {
        await using mesh = new ContextMesh({ storage, schema: { items: { count: z.number() } } });
        await mesh.system.push("count", "5" as never, { global: true });
      },
      async ({ storage }) => {
        await using mesh = new ContextMesh({ storage, schema: { items: { count: z.number() } } });
        await mesh.system.push("count", 5, { global: true });
      },
    ],
    "Look at the schema's own code": [
      async ({ storage }) => {
        const count = z.number().refine(() => assert.fail("broken"));
        await using mesh = new ContextMesh({ storage, schema: { items: { count } } });
        await mesh.system.push("count", 5, { global: true });
      },
      async ({ storage }) => {
        await using mesh = new ContextMesh({ storage, schema: { items: { count: z.number() } } });
        await mesh.system.push("count", 5, { global: true });
      },
    ],
    "Use update, whose function returns the whole value as the schema takes it.": [
      async ({ storage }) => {
        await using mesh = new ContextMesh({ storage, schema: { items: { cents } } });
        await mesh.system.push("cents", 1.5, { global: true });
        await mesh.system.increment("cents");
      },
      async ({ storage }) => {
        await using mesh = new ContextMesh({ storage, schema: { items: { cents } } });
        await mesh.system.update("cents", (old = 0) => old / 100 + 1, { global: true });
      },
    ],
    "Its schema has: work, play.": [
      async ({ storage }) => {
        await using mesh = new ContextMesh({ storage, schema: { topics: ["work", "play"] } });
        await mesh.agent("Ann").subscribe(["wrok" as never]);
      },
      async ({ storage }) => {
        await using mesh = new ContextMesh({ storage, schema: { topics: ["work", "play"] } });
        await mesh.agent("Ann").subscribe(["work"]);
      },
    ],
    "Its items in the mesh's schema: task:*.": [
      async ({ storage }) => {
        await using mesh = new ContextMesh({ storage, schema: { topics: { work: "task:*" } } });
        await mesh.system.push("note", 1, { topics: ["work"] });
      },
      async ({ storage }) => {
        await using mesh = new ContextMesh({ storage, schema: { topics: { work: "task:*" } } });
        await mesh.system.push("task:1", 1, { topics: ["work"] });
      },
    ],
  }),
  ...hintCases("ABORTED", {
    "Nothing was written.": [
      ({ ann }) => ann.update("it", () => 1, { global: true, signal: AbortSignal.abort() }),
      async ({ ann }) => {
        if ((await ann.get("it")) !== undefined) throw new Error("It was written.");
        await ann.update("it", () => 1, { global: true });
      },
    ],
  }),
  ...hintCases("CLOSED", {
    "Create another ContextMesh, or close this one later.": [
      async ({ storage }) => {
        const mesh = new ContextMesh({ storage });
        await mesh.close();
        await mesh.stats();
      },
      async ({ storage }) => {
        const mesh = new ContextMesh({ storage });
        await mesh.stats();
        await mesh.close();
      },
    ],
    "Create another TenantRegistry.": [
      async ({ storage }) => {
        const registry = new TenantRegistry({ storage });
        await registry.close();
        registry.mesh("acme");
      },
      async ({ storage }) => {
        const registry = new TenantRegistry({ storage });
        await registry.mesh("acme").stats();
        await registry.close();
      },
    ],
  }),
  ...hintCases("UNAVAILABLE", {
    "Await drop() first; the tenant is then a new one.": [
      async ({ storage }) => {
        const registry = new TenantRegistry({ storage });
        const dropped = registry.drop("acme");
        try {
          registry.mesh("acme");
        } finally {
          await dropped;
          await registry.close();
        }
      },
      async ({ storage }) => {
        const registry = new TenantRegistry({ storage });
        await registry.drop("acme");
        await registry.mesh("acme").stats();
        await registry.close();
      },
    ],
  }),
];
