import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import {
  compareTenants,
  ContextMesh,
  copyTenant,
  type CorruptItem,
  exportTenant,
  importTenant,
  MemoryStorage,
  type Storage,
  type WatchChange,
} from "@syntha/core";
import { SynthaStore } from "@syntha/langchain/store";
import { ContextThread, fillPrompt, renderContext } from "@syntha/prompts";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { freshSchema } from "@syntha/testing-postgres/vitest";
import { ToolHandler, TOOLSETS } from "@syntha/tools";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

/** A real database, and statements that damage what it holds; `$1` and on stand for values. */
interface Location {
  readonly storage: Storage;
  /** In front of the tables' names, whose own names are `item`, `log`, `event`, `agent`. */
  readonly table: (name: string) => string;
  readonly tenantColumn: string;
  readonly run: (sql: string, ...values: unknown[]) => Promise<void>;
  readonly remove: () => Promise<void>;
}

const BROKEN = '{"half": tru';

const LOCATIONS: Record<string, () => Promise<Location>> = {
  SQLite: async () => {
    const folder = mkdtempSync(join(tmpdir(), "syntha-damaged-"));
    const path = join(folder, "mesh.db");
    const storage = new SqliteStorage({ path });
    const connect = (): SqliteDatabase.Database => new SqliteDatabase(path, { timeout: 5_000 });
    return {
      storage,
      table: (name) => `syntha_${name}`,
      tenantColumn: "(SELECT name FROM syntha_tenant t WHERE t.id = tenant)",
      run: async (sql, ...values) => {
        const database = connect();
        const named = Object.fromEntries(values.map((value, n) => [String(n + 1), value]));
        database.prepare(sql.replaceAll(/\$(\d)/g, "@$1")).run(named);
        database.close();
      },
      remove: async () => rmSync(folder, { recursive: true }),
    };
  },
  PostgreSQL: async () => {
    const schema = await freshSchema();
    const client = new pg.Client({ connectionString: schema.url });
    await client.connect();
    return {
      storage: new PostgresStorage({ connectionString: schema.url, schema: schema.name }),
      table: (name) => `${schema.name}.${name}`,
      tenantColumn: "tenant",
      run: async (sql, ...values) => {
        const { rowCount } = await client.query(sql, values);
        if (rowCount === 0) throw new Error(`Nothing was damaged by ${sql}.`);
      },
      remove: async () => {
        await client.end();
        await schema.drop();
      },
    };
  },
};

let tenants = 0;

const corrupt = (details: object) =>
  expect.objectContaining({ code: "CORRUPT_DATA", retryable: false, details });

const lineOf = (change: WatchChange): string => {
  switch (change.type) {
    case "put":
      return `put ${change.item.key}`;
    case "event":
      return `event ${change.event.id}`;
    case "ready":
    case "lagged":
      return change.type;
    default:
      return `${change.type} ${change.key ?? "-"}`;
  }
};

/** A mesh in a tenant that no other case uses, and ways to damage it. */
const sceneOf = ({ storage, table, tenantColumn, run }: Location) => {
  const tenantId = `tenant ${++tenants}`;
  const mesh = new ContextMesh({ storage, tenantId, sweepEvery: false });
  onTestFinished(() => mesh.close());
  const set = (what: string, column: string, where: string, ...values: unknown[]) =>
    run(
      `UPDATE ${table(what)} SET ${column} = $1 WHERE ${tenantColumn} = $2 AND ${where}`,
      BROKEN,
      tenantId,
      ...values,
    );
  return {
    mesh,
    tenantId,
    ann: mesh.agent("Ann"),
    bea: mesh.agent("Bea"),
    value: (key: string) => set("item", "value", "key = $3", key),
    task: (key: string) => set("item", "task", "key = $3", key),
    loggedValue: (key: string) => set("log", "value", "key = $3", key),
    entry: (position: number) => set("log", "detail", "position = $3", position),
    entryType: (position: number) => set("log", "type", "position = $3", position),
    event: (id: string) => set("event", "data", "id = $3", id),
    permissions: (agent: string) => set("agent", "permissions", "name = $3", agent),
    route: (key: string) => set("item", "route", "key = $3", key),
    eventRoute: (id: string) => set("event", "route", "id = $3", id),
  };
};

const threeItems = async (mesh: ContextMesh): Promise<void> => {
  for (const key of ["a", "b", "c"])
    await mesh.agent("Ann").push(key, { from: key }, { topics: ["news"], global: undefined });
};

async function exported(storage: Storage, tenantId: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportTenant({ storage, tenantId })) lines.push(line);
  return lines;
}

describe.each(Object.keys(LOCATIONS))("data that is damaged in %s", (name) => {
  let location: Location;
  let keeper: ContextMesh;
  beforeAll(async () => {
    location = await (LOCATIONS[name] as () => Promise<Location>)();
    keeper = new ContextMesh({ storage: location.storage, tenantId: "keeper" });
    await keeper.stats();
  });
  afterAll(async () => {
    await keeper.close();
    await location.remove();
  });

  const scene = () => sceneOf(location);

  it("rejects a read of one value, with its key", async () => {
    const { mesh, ann, bea, value } = scene();
    await threeItems(mesh);
    await value("b");
    const one = corrupt({ key: "b" });
    await expect(ann.get("b")).rejects.toEqual(one);
    await expect(ann.getItem("b")).rejects.toEqual(one);
    await expect(ann.update("b", () => 1)).rejects.toEqual(one);
    await expect(ann.get("b")).rejects.toMatchObject({
      message: expect.stringContaining('"b"'),
      cause: expect.any(SyntaxError),
    });
    const many = corrupt({ key: "b", keys: ["b"] });
    await expect(ann.getMany(["a", "b"])).rejects.toEqual(many);
    await expect(ann.getItems(["a", "b"])).rejects.toEqual(many);
    await expect(ann.getAll()).rejects.toEqual(many);
    // An agent that does not see it gets the answer for a missing item.
    expect(await bea.get("b")).toBeUndefined();
  });

  it("does not affect other items of a read", async () => {
    const { mesh, ann, value } = scene();
    await threeItems(mesh);
    await value("b");
    const { items, corrupt: damaged, nextPage } = await ann.list();
    expect(items.map(({ key }) => key)).toEqual(["a", "c"]);
    expect(damaged).toMatchObject([
      { key: "b", topics: ["news"], author: "Ann", revision: 2, error: { code: "CORRUPT_DATA" } },
    ]);
    expect(nextPage).toBeUndefined();
    expect((await ann.list({ limit: 2 })).items).toHaveLength(1);
    const headers = await ann.list({ values: false });
    expect(headers.items.map(({ key }) => key)).toEqual(["a", "b", "c"]);
    expect(await ann.keys()).toEqual(["a", "b", "c"]);
    const reported: CorruptItem[] = [];
    const onCorrupt = (item: CorruptItem): void => void reported.push(item);
    expect(await ann.getAll({ onCorrupt })).toEqual({ a: { from: "a" }, c: { from: "c" } });
    expect(await ann.getMany(["b", "c"], { onCorrupt })).toEqual({ c: { from: "c" } });
    expect(await ann.getItems(["b", "c"], { onCorrupt })).toMatchObject([{ key: "c" }]);
    const report = expect.objectContaining({ key: "b", error: corrupt({ key: "b" }) });
    expect(reported).toEqual([report, report, report]);
    expect((await ann.explain("b")).visible).toBe(true);
    expect((await mesh.stats()).items).toBe(3);
  });

  it("can be overwritten or deleted", async () => {
    const { mesh, ann, value } = scene();
    await threeItems(mesh);
    for (const key of ["a", "b"]) await value(key);
    await ann.push("a", 1);
    expect(await ann.delete("b")).toBe(true);
    expect(await ann.getAll()).toEqual({ a: 1, c: { from: "c" } });
  });

  it("is reported by watches, which continue", async () => {
    const { mesh, ann, bea, value, loggedValue } = scene();
    const { cursor } = await ann.changes();
    await threeItems(mesh);
    await value("b");
    await loggedValue("b");
    for (const options of [{ initial: true }, { since: cursor }]) {
      const lines: string[] = [];
      const details: unknown[] = [];
      for await (const change of ann.watch(options)) {
        lines.push(lineOf(change));
        if (change.type === "corrupt") details.push(change.error.details);
        if (change.type === "put" && change.item.key === "c") break;
      }
      expect(lines).toEqual(["put a", "corrupt b", "put c"]);
      expect(details).toEqual([{ key: "b" }]);
    }
    const { changes } = await ann.changes({ since: cursor });
    expect(changes.map(lineOf)).toEqual(["put a", "corrupt b", "put c"]);
    const [, damaged] = changes;
    const rest = await ann.changes({ since: damaged!.cursor });
    expect(rest.changes.map(lineOf)).toEqual(["put c"]);
    expect((await bea.changes({ since: cursor })).changes).toEqual([]);
  });

  it("in the log is reported to affected watches, which continue", async () => {
    const { mesh, ann, bea, entry } = scene();
    const { cursor } = await mesh.system.changes();
    await threeItems(mesh);
    await bea.subscribe(["news"]);
    await ann.delete("a");
    // What is written to b, the subscription, and what is deleted.
    for (const position of [2, 4, 5]) await entry(position);
    const seenBy = async (agent: string | null): Promise<string[]> => {
      const view = agent === null ? mesh.system : mesh.agent(agent);
      return (await view.changes({ since: cursor })).changes.map(lineOf);
    };
    expect(await seenBy(null)).toEqual(["put a", "corrupt b", "put c", "corrupt -", "corrupt a"]);
    // Bea sees b now. What else she saw is not known: she reads again what there is.
    expect(await seenBy("Bea")).toEqual(["corrupt b", "corrupt -", "corrupt -"]);
    expect(await seenBy("Cid")).toEqual(["corrupt -", "corrupt -"]);
    // Her subscription counts.
    await ann.push("d", 1, { topics: ["news"] });
    expect((await seenBy("Bea")).at(-1)).toBe("put d");
    const history = await mesh.system.history("b");
    expect(history).toMatchObject([{ type: "put", revision: 2, value: undefined }]);
    expect(history[0]?.error).toEqual(corrupt({ key: "b", position: 2 }));
  });

  it("in a history does not affect other entries", async () => {
    const { mesh, loggedValue } = scene();
    await mesh.system.push("a", 1, { global: true });
    await loggedValue("a");
    await mesh.system.push("a", 2);
    const history = await mesh.system.history("a");
    expect(history.map(({ value, error }) => [value, error?.code])).toEqual([
      [undefined, "CORRUPT_DATA"],
      [2, undefined],
    ]);
  });

  it("in an event does not affect other events", async () => {
    const { mesh, ann, bea, event } = scene();
    const { cursor } = await mesh.system.changes();
    for (const id of ["1", "2", "3"]) await ann.publish("made", { id }, { global: true, id });
    await event("2");
    const { events, corrupt: damaged } = await bea.events();
    expect(events.map(({ id }) => id)).toEqual(["1", "3"]);
    expect(damaged).toMatchObject([
      { id: "2", type: "made", author: "Ann", error: { details: { event: "2" } } },
    ]);
    const { changes } = await bea.changes({ since: cursor });
    expect(changes.map(lineOf)).toEqual(["event 1", "corrupt -", "event 3"]);
  });

  it("in the log's entry of an event does not hide later events", async () => {
    const { mesh, ann, bea, entryType } = scene();
    const { cursor } = await mesh.system.changes();
    for (const id of ["1", "2", "3", "4"]) await ann.publish("made", { id }, { global: true, id });
    await entryType((await mesh.stats()).revision - 2);
    const { changes } = await bea.changes({ since: cursor });
    expect(changes.map(lineOf)).toEqual(["event 1", "event 3", "event 4"]);
    const all = await mesh.system.changes({ since: cursor });
    expect(all.changes.map(lineOf)).toEqual(["event 1", "corrupt -", "event 3", "event 4"]);
  });

  it("in permissions allows nothing, for this agent only", async () => {
    const { mesh, ann, bea, permissions } = scene();
    for (const agent of ["Ann", "Bea"]) await mesh.setPermissions(agent, { post: ["news"] });
    await permissions("Ann");
    const refusal = corrupt({ agent: "Ann" });
    const [byAnn, byBea] = await Promise.allSettled([
      ann.push("a", 1, { topics: ["news"] }),
      bea.push("b", 1, { topics: ["news"] }),
    ]);
    expect(byAnn).toMatchObject({ status: "rejected", reason: refusal });
    expect(byBea.status).toBe("fulfilled");
    await expect(ann.subscribe(["news"])).rejects.toEqual(refusal);
    await expect(ann.can({ post: ["news"] })).rejects.toEqual(refusal);
    await expect(mesh.permissions("Ann")).rejects.toEqual(refusal);
    const { agents, corrupt: damaged } = await mesh.agents();
    expect(agents.map((agent) => agent.name)).toEqual(["Bea"]);
    expect(damaged).toMatchObject([{ name: "Ann", error: { code: "CORRUPT_DATA" } }]);
    // Also to what stands in for them.
    await mesh.setPermissions("Ann", {});
    expect(await mesh.permissions("Ann")).toMatchObject({ post: [] });
    await mesh.setPermissions("Ann", null);
    await ann.push("a", 1, { topics: ["news"] });
  });

  it("is copied and exported unchanged, or refused", async () => {
    const { mesh, tenantId, value, entry, permissions } = scene();
    await threeItems(mesh);
    await value("b");
    const to = new MemoryStorage();
    const copied = new ContextMesh({ storage: to, tenantId });
    onTestFinished(() => copied.close());
    await copied.stats();
    const { items } = await copyTenant({ from: location.storage, to, tenantId });
    expect(items).toBe(3);
    const sides = { left: location.storage, right: to, tenantId };
    expect(await compareTenants(sides)).toEqual({ equal: true });
    const lines = await exported(location.storage, tenantId);
    await importTenant({ storage: to, lines, tenantId: "imported" });
    const imported = new ContextMesh({ storage: to, tenantId: "imported" });
    onTestFinished(() => imported.close());
    for (const each of [copied, imported]) {
      await expect(each.system.get("b")).rejects.toEqual(corrupt({ key: "b" }));
      expect(await each.system.get("c")).toEqual({ from: "c" });
    }

    const again = () => exported(location.storage, tenantId);
    await entry(3);
    await expect(again()).rejects.toEqual(corrupt({ key: "c", position: 3 }));
    const other = { from: location.storage, to, tenantId, targetTenantId: "other" };
    await expect(copyTenant(other)).rejects.toEqual(corrupt({ key: "c", position: 3 }));
    await mesh.system.push("d", 1, { global: true });
    await mesh.compact({ log: { commits: 1 }, history: { commits: 1 } });
    expect((await again()).length).toBeGreaterThan(0);

    await mesh.setPermissions("Ann", { post: ["news"] });
    await permissions("Ann");
    await expect(again()).rejects.toEqual(corrupt({ agent: "Ann" }));
  });

  it("is skipped by claims", async () => {
    const { mesh, ann, value } = scene();
    await ann.subscribe(["jobs"]);
    for (const key of ["1", "2", "3"]) await mesh.system.push(key, key, { topics: ["jobs"] });
    for (const key of ["1", "2"]) await value(key);
    await expect(ann.claim({ topic: "jobs" })).rejects.toEqual(corrupt({ key: "1" }));
    const stop = new AbortController();
    const errors: unknown[] = [];
    const done: string[] = [];
    const work = ({ key }: { readonly key: string }): string => {
      done.push(key);
      stop.abort();
      return "done";
    };
    const onError = (error: unknown, item: unknown) => errors.push([error, item]);
    await ann.work("jobs", work, { signal: stop.signal, onError });
    expect(done).toEqual(["3"]);
    expect(errors).toEqual([[corrupt({ key: "2" }), undefined]]);
    const { corrupt: damaged } = await mesh.system.list();
    expect(damaged.map(({ key, state }) => [key, state])).toEqual([
      ["1", "failed"],
      ["2", "failed"],
    ]);
    await mesh.system.push("1", "repaired");
    expect((await ann.claim({ topic: "jobs" }))?.item.value).toBe("repaired");
  });

  it("in a task is reported by reads, skipped by claims, and replaced by a push", async () => {
    const { tenantId, ann, task } = scene();
    await ann.subscribe(["jobs"]);
    const jobs = { topics: ["jobs"] };
    await ann.push("urgent", 1, { ...jobs, priority: 9 });
    await ann.push("first", 2, jobs);
    await ann.push("blocked", 3, { ...jobs, dependsOn: ["first"] });
    await ann.push("waits", 4, { ...jobs, dependsOn: ["first"] });
    for (const key of ["urgent", "blocked"]) {
      await task(key);
      await expect(ann.getItem(key)).rejects.toEqual(corrupt({ key }));
      await expect(ann.update(key, () => 1)).rejects.toEqual(corrupt({ key }));
    }
    const listed = await ann.list();
    expect(listed.items.map(({ key }) => key)).toEqual(["first", "waits"]);
    expect(listed.corrupt.map(({ key }) => key)).toEqual(["blocked", "urgent"]);
    await expect(exported(location.storage, tenantId)).rejects.toEqual(corrupt({ key: "blocked" }));

    await expect(ann.claim({ topic: "jobs" })).rejects.toEqual(corrupt({ key: "urgent" }));
    const failed = await ann.list({ state: "failed" });
    expect(failed.corrupt.map(({ key }) => key)).toEqual(["urgent"]);
    await (await ann.claim({ topic: "jobs" }))?.complete("done");
    // What it waited for is not known, so it starts only when it is pushed again.
    const lease = await ann.claim({ topic: "jobs" });
    expect(lease?.item.key).toBe("waits");
    expect(await ann.claim({ topic: "jobs" })).toBeUndefined();

    await ann.push("urgent", 5, { priority: 8 });
    await ann.push("blocked", 6, { priority: 9, dependsOn: ["waits"] });
    expect(await ann.getItem("blocked")).toMatchObject({ pendingDependencies: ["waits"] });
    await task("blocked");
    await ann.push("blocked", 6, { priority: 9, dependsOn: ["waits"] });
    await lease?.complete();
    const order: (string | undefined)[] = [];
    for (let n = 0; n < 3; n++) {
      const next = await ann.claim({ topic: "jobs" });
      order.push(next?.item.key);
      await next?.complete("done");
    }
    expect(order).toEqual(["blocked", "urgent", undefined]);
    expect((await exported(location.storage, tenantId)).length).toBeGreaterThan(0);
  });

  it("in a task does not keep its place in queues", async () => {
    const { mesh, ann, task } = scene();
    await ann.subscribe(["jobs", "news"]);
    for (const key of ["deleted", "routed", "pushed", "gone"])
      await ann.push(key, key, {
        topics: key === "gone" ? ["jobs"] : ["jobs", "news"],
        priority: 3,
      });
    for (const key of ["deleted", "routed", "pushed", "gone"]) await task(key);
    await ann.delete("deleted");
    await ann.push("pushed", 1);
    await mesh.deleteTopic("jobs");
    await expect(ann.claim({ topic: "news" })).rejects.toEqual(corrupt({ key: "routed" }));
    expect((await ann.claim({ topic: "news" }))?.item.key).toBe("pushed");
    await ann.subscribe(["jobs"]);
    expect(await ann.claim({ topics: ["jobs", "news"] })).toBeUndefined();
  });

  it("is reported to models by key, with readable items", async () => {
    const { mesh, ann, value, event } = scene();
    await threeItems(mesh);
    await ann.subscribe(["news"]);
    await ann.publish("made", 1, { global: true, id: "1" });
    await ann.publish("made", 2, { global: true, id: "2" });
    await value("b");
    await event("1");
    const handler = new ToolHandler(ann, { role: "admin", toolsets: TOOLSETS });
    const call = (tool: string, args: object) =>
      handler.handleToolCall(tool as "get_context", args);
    const rest = { success: true, unreadable: ["b"] };
    const hint = expect.stringContaining("damaged");
    const both = { a: { from: "a" }, c: { from: "c" } };
    expect(await call("get_context", {})).toMatchObject({ ...rest, context: both, hint });
    const named = await call("get_context", { keys: ["b", "c"] });
    expect(named).toMatchObject({ ...rest, context: { c: { from: "c" } }, keys_missing: [], hint });
    expect(await call("get_context", { keys: ["b"] })).toMatchObject({ ...rest, context: {} });
    expect(await call("list_context", {})).toMatchObject({ keys: ["a", "b", "c"] });
    const events = { events: [{ id: "2" }], unreadable: ["1"], more: false };
    expect(await call("read_events", {})).toMatchObject(events);
    expect(await call("claim_task", { topics: ["news"] })).toMatchObject({ success: true });
    const failure = { success: false, code: "CORRUPT_DATA", retry: "same_call" };
    expect(await call("claim_task", { topics: ["news"] })).toMatchObject(failure);
    expect(await call("claim_task", { topics: ["news"] })).toMatchObject({ task: { key: "c" } });
    expect(await call("claim_task", { key: "b" })).toMatchObject({ task: null });
    const repaired = { b: "repaired" };
    const push = await call("push_context", { key: "b", value: repaired.b });
    expect(push).toMatchObject({ success: true });
    expect(await call("get_context", { keys: ["b"] })).toMatchObject({ context: repaired });
  });

  it("is named in prompts, with readable items", async () => {
    const { mesh, ann, value, loggedValue, entry } = scene();
    await threeItems(mesh);
    const thread = new ContextThread(ann);
    await thread.next();
    await ann.push("b", 2);
    await value("b");
    const { text, included, omitted: damaged } = await renderContext(ann);
    expect(included.map(({ key }) => key).toSorted()).toEqual(["a", "c"]);
    expect(damaged).toMatchObject([{ key: "b", reason: "unreadable" }]);
    expect(text).toMatch(/"key":"b".*"omitted":"unreadable"/);
    expect(text).toContain('"from":"c"');
    expect((await renderContext(ann, { keys: ["b", "c"] })).text).toContain("unreadable");
    const step = await thread.next();
    expect(step).toMatchObject({ included: [], omitted: [{ key: "b", reason: "unreadable" }] });
    expect((await thread.next()).kind).toBe("none");
    await loggedValue("b");
    await ann.push("b", 3);
    expect((await thread.next()).included).toMatchObject([{ key: "b", change: "updated" }]);
    const filled = await fillPrompt(ann, "{{b}} {{c}}");
    expect(filled.included.map(({ key }) => key)).toEqual(["b", "c"]);
    await value("b");
    const { omitted } = await fillPrompt(ann, "{{b}} {{c}}");
    expect(omitted).toMatchObject([{ key: "b", reason: "unreadable" }]);
    await ann.push("d", 1, { topics: ["news"] });
    await ann.delete("d");
    const { revision } = await mesh.stats();
    await entry(revision);
    expect(await thread.next()).toMatchObject({ kind: "full", reason: "CORRUPT_DATA" });
  });

  it("is omitted from memory searches", async () => {
    const { mesh, value } = scene();
    const store = new SynthaStore(mesh.system);
    for (const key of ["a", "b"]) await store.put(["notes"], key, { text: key });
    const [first] = await mesh.system.keys();
    await value(first as string);
    expect((await store.search(["notes"])).map(({ key }) => key)).toEqual(["b"]);
    await expect(store.get(["notes"], "a")).rejects.toMatchObject({ code: "CORRUPT_DATA" });
  });
});

it("recovers a damaged route in SQLite from its index", async () => {
  const location = await LOCATIONS["SQLite"]!();
  onTestFinished(location.remove);
  const { mesh, ann, bea, tenantId, route, eventRoute } = sceneOf(location);
  await bea.subscribe(["news"]);
  await ann.push("a", 1, { topics: ["news"], subscribers: ["Cid"] });
  await ann.push("b", 1, { global: true });
  await ann.publish("made", 1, { topics: ["news"], id: "1" });
  const { cursor } = await mesh.system.changes();
  for (const key of ["a", "b"]) await route(key);
  await eventRoute("1");
  for (const [agent, keys] of [
    ["Ann", ["a", "b"]],
    ["Bea", ["a", "b"]],
    ["Cid", ["a", "b"]],
    ["Dan", ["b"]],
  ] as const) {
    const view = mesh.agent(agent);
    expect(await view.keys()).toEqual(keys);
    expect((await view.get("a")) === undefined).toBe(agent === "Dan");
    expect(await view.get("b")).toBe(1);
    const sees = agent === "Ann" || agent === "Bea";
    expect((await view.events()).events).toHaveLength(sees ? 1 : 0);
  }
  expect(await ann.getItem("a")).toMatchObject({ topics: ["news"], subscribers: ["Cid"] });
  await ann.push("a", 2);
  await mesh.deleteTopic("news");
  expect(await bea.get("a")).toBeUndefined();
  expect(await mesh.agent("Cid").get("a")).toBe(2);
  expect((await mesh.topics()).topics).toEqual([]);
  const { changes } = await mesh.agent("Cid").changes({ since: cursor });
  expect(changes.map(lineOf)).toEqual(["put a", "put a"]);
  const to = new MemoryStorage();
  await copyTenant({ from: location.storage, to, tenantId });
  await ann.delete("a");
  await mesh.clear();
  expect((await mesh.stats()).items).toBe(0);
});
