import { DatabaseSync } from "node:sqlite";
import { ContextMesh, type MeshInterceptor } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it, onTestFinished } from "vitest";
import { type ItemPage, studioHandler } from "../src/index.ts";
import { fillDesk, openMesh } from "./support/mesh.ts";
import { openStudio, type StudioClient } from "./support/studio.ts";
import { tempFile } from "./support/temp-file.ts";

async function openDesk(): Promise<StudioClient & { readonly mesh: ReturnType<typeof openMesh> }> {
  const mesh = openMesh();
  await fillDesk(mesh);
  return { ...(await openStudio({ mesh })), mesh };
}

it("says who looks, at which storage, and that it is read-only", async () => {
  const studio = await openStudio({ mesh: openMesh(), authorize: () => ({ person: "Ada" }) });
  expect(await studio.read("api/session")).toMatchObject({
    version: "0.0.0",
    tenantId: "default",
    write: false,
    person: "Ada",
    storage: "sqlite",
    durability: "power",
  });
});

it("lists topics without subscribers and recipients that do not exist, with the commands that mend it", async () => {
  const { read } = await openDesk();
  const { head, floor, stats, problems } = await read("api/overview");
  expect({ head, floor, items: stats.items }).toEqual({ head: 10, floor: 0, items: 5 });
  expect(problems).toMatchObject({
    topicsWithoutSubscribers: [
      { topic: "escalations", items: 1, command: "syntha subscribe escalations --as AGENT" },
    ],
    unknownRecipients: [
      {
        name: "Mananger",
        keys: ["note"],
        nearest: ["Manager"],
        commands: ["syntha push note --to Manager --if-revision 6"],
      },
    ],
    failedTasks: [],
    isPartial: false,
  });
});

it("lists items with previews, in pages", async () => {
  const { read } = await openDesk();
  const first = await read("api/items", { limit: "3" });
  expect(first.items.map(({ key, preview, bytes }) => [key, preview, bytes])).toEqual([
    ["escalation", '"Help!"', 7],
    ["inquiry:1", '{"customer":"BigCo"}', 20],
    ["note", '"For you."', 10],
  ]);
  const { items, nextPage } = await read("api/items", { limit: "3", page: first.nextPage ?? "" });
  expect(items.map(({ key }) => key)).toEqual(["task:1", "task:2"]);
  expect(nextPage).toBeUndefined();
});

it.each([
  [{ prefix: "task:" }, ["task:1", "task:2"]],
  [{ topic: "customers" }, ["inquiry:1"]],
  [{ author: "Triage" }, ["inquiry:1", "note"]],
  [{ state: "done" }, []],
  [{ updatedAfter: "2000-01-01T00:00:00Z", prefix: "n" }, ["note"]],
  [{ updatedAfter: "2999-01-01T00:00:00Z" }, []],
])("filters items by %o", async (query, keys) => {
  const { read } = await openDesk();
  const { items } = await read("api/items", query as unknown as Record<string, string>);
  expect(items.map(({ key }) => key)).toEqual(keys);
});

it("shows all items and marks those that an agent sees, or only these", async () => {
  const { read } = await openDesk();
  const dimmed = await read("api/items", { as: "Sales" });
  expect(dimmed.items.map(({ key, visible }) => [key, visible])).toEqual([
    ["escalation", false],
    ["inquiry:1", true],
    ["note", false],
    ["task:1", false],
    ["task:2", false],
  ]);
  const own = await read("api/items", { as: "Sales", mode: "own" });
  expect(own.items.map(({ key }) => key)).toEqual(["inquiry:1"]);
  expect(await read("api/visibility", { as: "Sales" })).toEqual({
    visible: 1,
    hidden: 4,
    isExact: true,
  });
});

it("shows an item with its value, and why an agent does not see it", async () => {
  const { read } = await openDesk();
  const { item, value, explanation } = await read("api/item", { key: "inquiry:1", as: "Manager" });
  expect(value).toEqual({ customer: "BigCo" });
  expect(item).toMatchObject({ owner: "Triage", author: "Triage", visible: false });
  expect(explanation).toMatchObject({
    visible: false,
    notVisibleBecause: "not addressed",
    topicsToSubscribe: ["customers"],
  });
});

it("explains why there is no item", async () => {
  const { read, mesh } = await openDesk();
  await mesh.system.delete("note");
  const { item, explanation } = await read("api/item", { key: "note", as: "Triage" });
  expect(item).toBeUndefined();
  expect(explanation?.notVisibleBecause).toBe("deleted");
});

it("shows for each agent why it sees an item", async () => {
  const { read } = await openDesk();
  const { agents, visibleTo } = await read("api/item/audience", { key: "inquiry:1" });
  expect(visibleTo).toBe(2);
  expect(agents.map(({ agent, visible }) => [agent, visible])).toEqual([
    ["Manager", false],
    ["Sales", true],
    ["Triage", true],
  ]);
});

it("shows the values of an item's history", async () => {
  const { read, mesh } = await openDesk();
  await mesh.agent("Triage").push("inquiry:1", { customer: "SmallCo" });
  const { entries, isPartial } = await read("api/item/history", { key: "inquiry:1" });
  expect(isPartial).toBe(false);
  expect(entries.map(({ type, actor, value }) => [type, actor, value])).toEqual([
    ["put", "Triage", { customer: "BigCo" }],
    ["put", "Triage", { customer: "SmallCo" }],
  ]);
});

it("leaves out the oldest values of a long history, and the oldest entries", async () => {
  const mesh = openMesh();
  for (let n = 0; n < 202; n++) await mesh.system.push("big", "x".repeat(8_000), { global: true });
  const { read } = await openStudio({ mesh });
  const { entries, isPartial } = await read("api/item/history", { key: "big" });
  expect(entries).toHaveLength(200);
  expect(isPartial).toBe(true);
  expect(entries.filter(({ value }) => value !== undefined)).toHaveLength(131);
  expect(entries[0]).toMatchObject({ revision: 3, bytes: 8_002 });
  expect(entries.at(-1)?.value).toBe("x".repeat(8_000));
});

it("opens the keys as a tree", async () => {
  const { read, mesh } = await openDesk();
  await mesh.system.push("task:2:draft/a", 1, { global: true });
  await mesh.system.push("task:2:draft/b", 1, { global: true });
  const shown = async (query: Record<string, string>): Promise<unknown> =>
    (await read("api/tree", query)).nodes.map(({ label, isBranch, items }) =>
      isBranch ? `${label}* ${items}` : label,
    );
  expect(await shown({})).toEqual(["escalation", "inquiry:* 1", "note", "task:* 4"]);
  expect(await shown({ prefix: "task:" })).toEqual(["1", "2", "2:* 2"]);
  expect(await shown({ prefix: "task:2:draft/" })).toEqual(["a", "b"]);
  expect(await shown({ as: "Sales" })).toEqual(["inquiry:* 1", "task:* 2"]);
});

it("lists topics, agents and events", async () => {
  const { read } = await openDesk();
  const { topics } = await read("api/topics");
  expect(topics.map(({ name, items, subscribers }) => [name, items, subscribers])).toEqual([
    ["customers", 1, 1],
    ["escalations", 1, 0],
    ["support", 2, 1],
  ]);
  const { agents } = await read("api/agents", { prefix: "T" });
  expect(agents).toMatchObject([
    {
      name: "Triage",
      description: "Sorts inquiries.",
      subscriptions: ["support"],
      permissions: null,
    },
  ]);
  const { events } = await read("api/events");
  expect(events).toMatchObject([{ type: "inquiry.opened", data: { customer: "BigCo" } }]);
  expect((await read("api/events", { as: "Sales" })).events).toEqual([]);
});

it("shows the newest events of many, and those that follow", async () => {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  const publish = (n: number): Promise<unknown> =>
    mesh.system.publish(n % 100 === 0 ? "rare" : "often", n, { global: true });
  for (let n = 1; n <= 1_200; n++) await publish(n);
  const { read } = await openStudio({ mesh });
  const newest = await read("api/events", { limit: "3" });
  expect(newest.events.map(({ data }) => data)).toEqual([1_198, 1_199, 1_200]);
  expect(newest.isPartial).toBe(true);
  const rare = await read("api/events", { type: "rare", limit: "8" });
  expect(rare.events.map(({ data }) => data)).toEqual([
    500, 600, 700, 800, 900, 1_000, 1_100, 1_200,
  ]);
  await publish(1_201);
  const next = await read("api/events", { order: "oldest", since: newest.cursor });
  expect(next.events.map(({ data }) => data)).toEqual([1_201]);
});

it("sorts tasks by state, with leases, failures and what they wait for", async () => {
  const { read, mesh } = await openDesk();
  const triage = mesh.agent("Triage");
  const lease = await triage.claim({ topic: "support" }, { lease: "1m" });
  expect(lease?.item.key).toBe("task:1");
  await mesh.system.push("task:3", 3, { subscribers: ["Triage"] });
  const failing = await triage.claim({ key: "task:3" });
  await failing?.release({ maxAttempts: 1, error: "No such account." });
  const { columns, topics, dependencies } = await read("api/tasks", { as: "Sales" });
  expect(topics).toEqual(["support"]);
  expect(columns.claimed?.items).toMatchObject([
    { key: "task:1", visible: false, lease: { agent: "Triage" }, attempts: 1, priority: 1 },
  ]);
  expect(columns.open?.items).toMatchObject([{ key: "task:2", pendingDependencies: ["task:1"] }]);
  expect(columns.failed?.items).toMatchObject([
    { key: "task:3", lastFailure: { message: "No such account.", agent: "Triage", attempt: 1 } },
  ]);
  expect(dependencies).toEqual([]);
  const open = await read("api/tasks", { state: "open", topic: "support" });
  expect(open.columns).toMatchObject({ open: { items: [{ key: "task:2" }] } });
  expect(open.dependencies.map(({ key }) => key)).toEqual(["task:1"]);
});

it("shows open tasks that are in an inbox alone", async () => {
  const { read, mesh } = await openDesk();
  await mesh.agent("Triage").claim({ key: "task:1" });
  const manager = { subscribers: ["Manager"] };
  await mesh.system.push("call", 1, manager);
  await mesh.system.push("zero", 0, manager);
  await mesh.system.push("sale", 2, { ...manager, topics: ["customers"] });
  await mesh.system.push("all", 3, { global: true });
  const keysOf = async (query: Readonly<Record<string, string>>): Promise<unknown> => {
    const { open } = (await read("api/tasks", query)).columns;
    return [open?.items.map(({ key }) => key), open?.nextPage];
  };
  expect(await keysOf({})).toEqual([["call", "task:2", "zero"], undefined]);
  const found: unknown[] = [];
  for (let page = ""; ;) {
    const query = { state: "open", limit: "1", ...(page !== "" && { page }) };
    const { open } = (await read("api/tasks", query)).columns;
    found.push(...(open?.items.map(({ key }) => key) ?? []));
    if (open?.nextPage === undefined) break;
    page = open.nextPage;
  }
  expect(found).toEqual(["call", "task:2", "zero"]);
  expect(await keysOf({ topic: "support" })).toEqual([["task:2"], undefined]);
});

it("draws who gets what, by which way", async () => {
  const { read } = await openDesk();
  const graph = await read("api/graph", { as: "Sales" });
  expect(graph.agents.filter(({ isKnown }) => !isKnown)).toEqual([
    { name: "Mananger", isKnown: false },
  ]);
  expect(graph.edges).toEqual(
    expect.arrayContaining([
      { type: "subscription", agent: "Sales", topic: "customers" },
      { type: "topic", topic: "customers", key: "inquiry:1" },
      { type: "owner", agent: "Triage", key: "inquiry:1" },
      { type: "recipient", agent: "Mananger", key: "note" },
    ]),
  );
  expect(graph.items.find(({ key }) => key === "inquiry:1")?.visible).toBe(true);
  expect(graph.orphans.toSorted()).toEqual(["escalation", "note"]);
  expect(graph.omitted).toEqual({ agents: 0, topics: 0, items: 0 });
  const part = await read("api/graph", { topic: "customers" });
  expect(part.items.map(({ key }) => key)).toEqual(["inquiry:1"]);
  expect(part.topics.map(({ name }) => name)).toEqual(["customers"]);
});

it("says what an agent saw in the log by its subscriptions of then", async () => {
  const mesh = openMesh();
  const [ann, bob] = [mesh.agent("Ann"), mesh.agent("Bob")];
  await ann.push("a", 1, { topics: ["news"] }); // 1
  await bob.subscribe(["news"]); // 2
  await ann.push("b", 1, { topics: ["news"] }); // 3
  await ann.claim({ key: "b" }); // 4
  await ann.publish("said", 1, { topics: ["news"] }); // 5
  await bob.unsubscribe(["news"]); // 6
  await ann.push("b", 2); // 7
  await ann.publish("said", 2, { subscribers: ["Bob"] }); // 8
  await bob.subscribe(["news"]); // 9
  await mesh.deleteTopic("news"); // 10
  const { read } = await openStudio({ mesh });
  const seen = async (query: Readonly<Record<string, string>>, as = "Bob"): Promise<unknown> =>
    (await read("api/log", { as, ...query })).entries.map(
      ({ position, type, visible }) => `${position} ${type} ${visible}`,
    );
  const all = [
    "1 put false",
    "2 subscribe true",
    "3 put true",
    "4 lease true",
    // Its topic was deleted since.
    "5 event undefined",
    "6 unsubscribe true",
    "7 put false",
    "8 event true",
    "9 subscribe true",
    "10 topicDeleted undefined",
    "10 delete true",
    "10 delete true",
  ];
  expect(await seen({})).toEqual(all);
  expect(await seen({ after: "3" })).toEqual(all.slice(3));
  expect(await seen({ key: "b" })).toEqual([all[2], all[3], all[6], all[11]]);
  expect(await seen({ actor: "Ann" })).toEqual([0, 2, 3, 4, 6, 7].map((index) => all[index]));
  // Its author sees it without a topic.
  expect(await seen({ after: "4", limit: "1" }, "Ann")).toEqual(["5 event true"]);
});

it("pages through the log from its end, with nothing left out", async () => {
  const { read, mesh } = await openDesk();
  await mesh.system.pushMany(
    Array.from({ length: 30 }, (_, n) => ({ key: `batch:${n}`, value: n, global: true })),
  );
  const newest = await read("api/log", { limit: "4" });
  expect(newest).toMatchObject({ head: 11, floor: 0, after: 11, more: false, before: 8 });
  expect(newest.entries.at(-1)).toMatchObject({ position: 11, index: 29, key: "batch:29" });
  const seen = [...newest.entries];
  for (let { before } = newest; before !== undefined;) {
    const page = await read("api/log", { limit: "4", before: String(before) });
    seen.unshift(...page.entries);
    ({ before } = page);
  }
  const all = await read("api/log", { after: "0", limit: "500" });
  expect(seen).toEqual(all.entries);
  expect(all.entries.slice(0, 5).map(({ actor, text }) => `${actor}: ${text}`)).toEqual([
    "Triage: Triage announced itself: Sorts inquiries.",
    "Triage: Triage subscribed to support",
    "Sales: Sales subscribed to customers",
    "Manager: Manager announced itself: Decides.",
    "Triage: created inquiry:1 → customers",
  ]);
  const own = await read("api/log", { actor: "Manager" });
  expect(own.entries.map(({ type }) => type)).toEqual(["announce"]);
});

it("follows the log with nothing left out of a commit that has more entries than a page", async () => {
  const mesh = openMesh();
  const { read } = await openStudio({ mesh });
  const keys = Array.from({ length: 10 }, (_, n) => `item:${n}`);
  await mesh.system.pushMany(keys.map((key) => ({ key, value: 1, global: true })));
  await mesh.system.push("last", 1, { global: true });
  const shown: (string | undefined)[] = [];
  for (let [after, more] = [0, true]; more;) {
    const page = await read("api/log", { after: String(after), limit: "4" });
    shown.push(...page.entries.map(({ key }) => key));
    ({ after, more } = page);
  }
  expect(shown).toEqual([...keys, "last"]);
});

it("shows the prompt of an agent, in full and since a cursor", async () => {
  const { read, mesh } = await openDesk();
  const before = await read("api/prompt", { as: "Triage" });
  expect(before.full.text).toContain("inquiry:1");
  expect(before.full.text).not.toContain("escalation");
  expect(before.delta).toBeUndefined();
  expect(before.tools.count).toBe(9);
  expect(before.tools.tokens).toBeGreaterThan(500);
  await mesh.system.push("news", "It is new.", { topics: ["support"] });
  const after = await read("api/prompt", { as: "Triage", since: before.cursor, budget: "200" });
  expect(after.delta?.text).toContain("It is new.");
  expect(after.delta?.text).not.toContain("inquiry:1");
  expect(after.full.tokens).toBeLessThanOrEqual(200);
});

it("shows damaged items in their places, with the reason", async () => {
  const path = tempFile();
  const writer = openMesh(path);
  await fillDesk(writer);
  await writer.close();
  const database = new DatabaseSync(path);
  database.prepare("UPDATE syntha_item SET value = '{' WHERE key = ?").run("note");
  database.close();
  const { read } = await openStudio({ mesh: openMesh(path) });
  const { items } = await read("api/items");
  expect(items.map(({ key }) => key)).toEqual([
    "escalation",
    "inquiry:1",
    "note",
    "task:1",
    "task:2",
  ]);
  expect(items[2]).toMatchObject({ preview: "", bytes: 0 });
  expect(items[2]?.unreadable).toContain('"note"');
  const { item, value } = await read("api/item", { key: "note" });
  expect(item?.unreadable).toBe(items[2]?.unreadable);
  expect(value).toBeUndefined();
});

it("shows the mesh as it was at an earlier position, also to an agent", async () => {
  const { read, mesh, refusal } = await openDesk();
  await mesh.agent("Triage").push("inquiry:1", { customer: "SmallCo" });
  await mesh.agent("Sales").unsubscribe(["customers"]);
  await mesh.system.delete("note");
  const at = "10";
  const { items } = await read("api/items", { at, as: "Sales" });
  expect(items.map(({ key, preview, visible }) => [key, preview, visible])).toEqual([
    ["escalation", '"Help!"', false],
    ["inquiry:1", '{"customer":"BigCo"}', true],
    ["note", '"For you."', false],
    ["task:1", '{"step":1}', false],
    ["task:2", '{"step":2}', false],
  ]);
  const { value } = await read("api/item", { at, key: "inquiry:1" });
  expect(value).toEqual({ customer: "BigCo" });
  expect((await read("api/overview", { at })).head).toBe(10);
  expect((await read("api/item/audience", { at, key: "inquiry:1" })).visibleTo).toBe(2);
  expect((await read("api/graph", { at })).items).toHaveLength(5);
  expect((await read("api/tree", { at })).nodes).toHaveLength(4);
  expect((await read("api/tasks", { at })).columns.open?.items).toHaveLength(5);
  expect((await read("api/events", { at })).events).toHaveLength(1);
  const { agents } = await read("api/agents", { at: "2" });
  expect(agents.find(({ name }) => name === "Triage")?.subscriptions).toEqual(["support"]);
  expect((await read("api/topics", { at: "3" })).topics).toHaveLength(2);
  const positions = Array.from({ length: 12 }, (_, n) => String(n));
  const sizes = positions.map(async (each) => (await read("api/items", { at: each })).items.length);
  expect(await Promise.all(sizes)).toEqual([0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 5]);
  expect(await refusal("api/items", { at: "99" })).toMatchObject({ code: "INVALID_CURSOR" });
});

it("leaves out the values that the log no longer holds", async () => {
  const mesh = openMesh();
  await mesh.system.push("secret", "It is over.", { global: true, ttl: "1ms" });
  await mesh.system.push("other", 1, { global: true });
  await mesh.sweep();
  const { read } = await openStudio({ mesh });
  const { items } = await read("api/items", { at: "1" });
  expect(JSON.stringify(items)).not.toContain("over");
});

it("shows no value at an earlier position once it has expired", async () => {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path: tempFile(), clock }) });
  onTestFinished(() => mesh.close());
  await mesh.system.push("code", "1234", { global: true, ttl: "10s" });
  await mesh.system.push("later", "5678", { global: true, ttl: "1h" });
  const { read } = await openStudio({ mesh });
  const past = { key: "code", at: "2" };
  expect((await read("api/item", past)).value).toBe("1234");
  clock.advance("10s");
  const { item, value } = await read("api/item", past);
  expect([item?.preview, value]).toEqual(["", undefined]);
  expect((await read("api/item", { ...past, key: "later" })).value).toBe("5678");
});

it("opens no earlier moment that a browser no longer waits for", async () => {
  const opened: number[] = [];
  const interceptor: MeshInterceptor = {
    intercept: ({ name, args }, next) => {
      if (name === "at") opened.push(args[0] as number);
      return next();
    },
    onCommitQueued: () => undefined,
  };
  const mesh = new ContextMesh({ interceptor });
  onTestFinished(() => mesh.close());
  for (let n = 1; n <= 40; n++) await mesh.system.push(`item:${n}`, n, { global: true });
  const handler = studioHandler({ mesh, authorize: () => ({}), page: "" });
  onTestFinished(() => handler.close());
  const get = (at: number, signal?: AbortSignal): Promise<Response> =>
    handler.fetch(new Request(`http://localhost/api/items?at=${at}`, { signal: signal ?? null }));
  const stop = new AbortController();
  const first = get(1);
  const passed = Array.from({ length: 30 }, (_, n) => get(n + 2, stop.signal));
  const last = get(40);
  stop.abort();
  expect((await first).status).toBe(200);
  const { items } = (await (await last).json()) as ItemPage;
  expect(items).toHaveLength(40);
  await Promise.all(passed);
  expect(opened).toEqual([1, 40]);
  expect((await get(5)).status).toBe(200);
});

it("ends a page early if its values are large, and shows all items over its pages", async () => {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  const value = "x".repeat(60_000);
  const keys = Array.from({ length: 250 }, (_, n) => `item:${String(n).padStart(3, "0")}`);
  for (let at = 0; at < keys.length; at += 50)
    await mesh.system.pushMany(
      keys.slice(at, at + 50).map((key) => ({ key, value, global: true })),
    );
  const { read } = await openStudio({ mesh });
  const sizes: number[] = [];
  const seen: string[] = [];
  for (let page: string | undefined = ""; page !== undefined;) {
    const listed: ItemPage = await read("api/items", { limit: "500", page });
    sizes.push(listed.items.length);
    seen.push(...listed.items.map(({ key }) => key));
    page = listed.nextPage;
  }
  expect(sizes).toEqual([100, 100, 50]);
  expect(seen).toEqual(keys);
});
