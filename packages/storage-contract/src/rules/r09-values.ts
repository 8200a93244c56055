import { expect } from "vitest";
import type { AgentContext, JsonValue, Lease, Page, RouteInput } from "@syntha/core";
import {
  Feed,
  expectPages,
  INVALID_NAMES,
  JSON_TEXTS,
  NAMES_BY_CODE_POINT,
  NON_JSON_VALUES,
  parseJson,
  readPages,
  rejects,
  rule,
  tenantSnapshot,
  times,
  VALID_NAMES,
  words,
  type World,
} from "../harness/index.ts";

const EVERYONE: RouteInput = { global: true };

/** Every way to write a value; `lease` belongs to the agent. */
const WRITES: Readonly<
  Record<string, (agent: AgentContext, value: JsonValue, lease: Lease) => Promise<unknown>>
> = {
  push: (agent, value) => agent.push("it", value, EVERYONE),
  batch: (agent, value) => agent.pushMany([{ key: "it", value, ...EVERYONE }]),
  publish: (agent, value) => agent.publish("happened", value, EVERYONE),
  completion: (_, value, lease) => lease.complete(value),
  "event of a completion": (_, value, lease) =>
    lease.complete(undefined, { events: [{ type: "happened", data: value, ...EVERYONE }] }),
};

/** Every result that a caller could mutate. */
const RESULTS: Readonly<Record<string, (agent: AgentContext) => Promise<unknown>>> = {
  get: (agent) => agent.get("it"),
  getItem: (agent) => agent.getItem("it"),
  getMany: (agent) => agent.getMany(["it"]),
  getAll: (agent) => agent.getAll(),
  keys: (agent) => agent.keys(),
  keysByTopic: (agent) => agent.keysByTopic(),
  list: (agent) => agent.list(),
  events: (agent) => agent.events(),
  subscriptions: (agent) => agent.subscriptions(),
  topics: (agent) => agent.topics(),
  explain: (agent) => agent.explain("it"),
  audience: (agent) => agent.mesh.system.audience("it"),
  log: (agent) => agent.mesh.system.log(),
  leases: (agent) => agent.mesh.system.leases(),
  history: (agent) => agent.mesh.system.history("it"),
  permissions: (agent) => agent.mesh.permissions("Ann"),
  stats: (agent) => agent.mesh.stats(),
  watch: (agent) => new Feed(agent.mesh.system.watch({ initial: true })).take(2),
  update: (agent) => agent.update("new", () => ({ list: [1] }), { topics: ["t"] }),
  subscribing: (agent) => agent.subscribe(["news", "sports"]),
  unsubscribing: (agent) => agent.unsubscribe(["t", "u"]),
  permitting: (agent) => agent.mesh.setPermissions("Ann", { post: ["t"] }),
};

/** Mutates an object at every depth. */
function mutate(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  for (const inner of Object.values(value)) mutate(inner);
  if (Array.isArray(value)) value.push("ruined");
  else if (!(value instanceof Date)) (value as Record<string, unknown>)["ruined"] = true;
  if (value instanceof Date) value.setTime(0);
}

function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let level = 1; level < depth; level++) value = [value];
  return value;
}

async function pushKeys(world: World, names: readonly string[]): Promise<AgentContext> {
  const ann = world.mesh().agent("Ann");
  const shuffled = [...names].reverse();
  for (const name of shuffled) await ann.push(name, name, { topics: ["t"] });
  return ann;
}

export const values = rule("R9 Values", {
  core(world, it) {
    it.each(NON_JSON_VALUES)("rejects %s anywhere in a value", async (_, make) => {
      const { ann, tenantId } = world.team();
      await ann.push("there", 1, EVERYONE);
      const lease = await ann.claim({ key: "there" });
      const before = await tenantSnapshot(world.storage, tenantId);
      const inside = [{ deep: [1, make()] }];
      const values = make() === undefined ? [inside[0]!.deep] : [make(), inside];
      for (const value of values as never[]) {
        await rejects(ann.push("it", value, EVERYONE), "INVALID_VALUE");
        const batch = [
          { key: "other", value: 1, ...EVERYONE },
          { key: "it", value, ...EVERYONE },
        ];
        await rejects(ann.pushMany(batch), "INVALID_VALUE");
        await rejects(
          ann.update("it", () => value, EVERYONE),
          "INVALID_VALUE",
        );
        await rejects(ann.publish("happened", value, EVERYONE), "INVALID_VALUE");
        await rejects(() => lease?.complete(value), "INVALID_VALUE");
        const events = [{ type: "happened", data: value, ...EVERYONE }];
        await rejects(() => lease?.complete(1, { events }), "INVALID_VALUE");
      }
      expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
    });

    it("reports the path of an invalid value", async () => {
      const value = { list: [{ "odd key": new Date(0) }] };
      const push = world
        .mesh()
        .agent("Ann")
        .push("it", value as never, EVERYONE);
      await rejects(push, "INVALID_VALUE", { path: '$.list[0]["odd key"]' });
    });

    it("rejects undefined as a value", async ({ ann }) => {
      await rejects(ann.push("it", undefined as never, EVERYONE), "INVALID_VALUE");
      await rejects(ann.publish("it", undefined as never, EVERYONE), "INVALID_VALUE");
      expect(await ann.keys()).toEqual([]);
    });

    it("drops undefined properties, as JSON does", async ({ ann }) => {
      await ann.push("it", { a: undefined, b: { c: undefined } }, EVERYONE);
      expect(JSON.stringify(await ann.get("it"))).toBe('{"b":{}}');
    });

    it.for([
      ["deep", nested(33), undefined],
      ["too deep", nested(34), "TOO_COMPLEX"],
      ["much too deep", nested(20_000), "TOO_COMPLEX"],
      ["wide", times(9_999, () => 0), undefined],
      ["too wide", times(10_000, () => 0), "TOO_COMPLEX"],
      ["large", "x".repeat(256 * 1024 - 2), undefined],
      ["too large", "x".repeat(256 * 1024 - 1), "TOO_LARGE"],
      ["too large in bytes", "\u00E9".repeat(128 * 1024), "TOO_LARGE"],
    ] as const)("enforces value limits: %s", async ([, value, code], { mesh, ann, system }) => {
      const push = ann.push("it", value as JsonValue, EVERYONE);
      const answer = code === undefined ? await push : await rejects(push, code);
      expect(answer).toBeDefined();
      expect((await mesh.stats()).items).toBe(code === undefined ? 1 : 0);
      expect(await system.get("it")).toEqual(code === undefined ? value : undefined);
    });

    it.each(INVALID_NAMES)("rejects %j as a key or name", async (name, code) => {
      const { mesh, ann, system } = world.team();
      const bad = name as string;
      await rejects(ann.push(bad, 1, EVERYONE), code);
      await rejects(ann.push("it", 1, { topics: [bad] }), code);
      await rejects(ann.push("it", 1, { subscribers: ["Bea", bad] }), code);
      await rejects(ann.get(bad), code);
      await rejects(ann.getMany([bad]), code);
      await rejects(ann.delete(bad), code);
      await rejects(ann.claim({ key: bad }), code);
      await rejects(ann.claim({ topic: bad }), code);
      await rejects(ann.subscribe([bad]), code);
      await rejects(ann.publish(bad, 1, EVERYONE), code);
      await rejects(() => mesh.agent(bad), code);
      await rejects(() => ann.watch({ keys: [bad] }), code);
      await rejects(mesh.subscribers(bad), code);
      await rejects(mesh.deleteTopic(bad), code);
      await rejects(system.history(bad), code);
      await rejects(mesh.setPermissions("Bot", { post: [bad] }), code);
      expect((await mesh.stats()).revision).toBe(0);
    });

    it.each(Object.keys(WRITES))("stores a copy of the value on %s", async (way) => {
      const ann = world.mesh().agent("Ann");
      await ann.push("work", null, EVERYONE);
      const lease = await ann.claim({ key: "work" });
      const value = { list: [1], text: "as it was" };
      const writing = WRITES[way]!(ann, value, lease!);
      value.list.push(2);
      value.text = "changed";
      await writing;
      value.list.push(3);
      const actual = [...Object.values(await ann.getAll()), (await ann.events()).events[0]?.data];
      expect(actual).toContainEqual({ list: [1], text: "as it was" });
    });

    it("stores copies of the lists in a call", async ({ mesh, ann }) => {
      const topics = ["a", "b"];
      const subscribers = ["Bea"];
      const calls = [
        ann.push("it", 1, { topics, subscribers }),
        ann.subscribe(topics),
        mesh.setPermissions("Bot", { post: topics, subscribe: topics }),
        ann.publish("happened", 1, { topics, subscribers }),
      ];
      topics.push("c");
      subscribers.push("Cid");
      await Promise.all(calls);
      topics.length = 0;
      subscribers.length = 0;
      const item = await ann.getItem("it");
      expect([item?.topics, item?.subscribers]).toEqual([["a", "b"], ["Bea"]]);
      expect(await ann.subscriptions()).toEqual(["a", "b"]);
      expect(await mesh.permissions("Bot")).toMatchObject({ post: ["a", "b"] });
      expect((await ann.events()).events[0]?.topics).toEqual(["a", "b"]);
    });
  },
  storage(world, it) {
    it.for(JSON_TEXTS)("returns %s unchanged", async (text, { ann, system }) => {
      const value = parseJson(text);
      await ann.push("it", value, EVERYONE);
      await ann.publish("happened", value, EVERYONE);
      const changes = await new Feed(system.watch({ initial: true })).take(1);
      const lease = await ann.claim({ key: "it" });
      const actual = [
        await ann.get("it"),
        (await ann.getItem("it"))?.value,
        (await ann.getMany(["it"]))["it"],
        (await ann.getAll())["it"],
        (await ann.list()).items[0]?.value,
        (await ann.events()).events[0]?.data,
        (await system.history("it"))[0]?.value,
        changes[0]?.type === "put" ? changes[0].item.value : undefined,
        lease?.item.value,
      ];
      expect(actual.map((each) => JSON.stringify(each))).toEqual(actual.map(() => text));
      await lease?.complete(value);
      expect(JSON.stringify(await ann.get("it"))).toBe(text);
    });

    it("distinguishes property names written with escapes", async ({ ann }) => {
      for (const odd of ["\\", "\n", "n", '"', "\\n", "\u0000"]) {
        await ann.push(`it:${encodeURIComponent(odd)}`, { a: 1, [odd]: 2 }, EVERYONE);
        const value = await ann.get(`it:${encodeURIComponent(odd)}`);
        expect(Object.keys(value as object)).toEqual(["a", odd]);
      }
    });

    it.each(VALID_NAMES)("stores %j as key, topic, agent and event id", async (name) => {
      const mesh = world.mesh();
      const agent = mesh.agent(name);
      expect(await agent.subscribe([name])).toEqual([name]);
      await agent.push(name, name, { topics: [name], subscribers: [name] });
      await agent.publish(name, name, { topics: [name], id: name });
      const item = await agent.getItem(name);
      expect([item?.key, item?.topics, item?.subscribers, item?.owner, item?.author]).toEqual([
        name,
        [name],
        [name],
        name,
        name,
      ]);
      expect([await agent.keys(), await agent.keys({ prefix: name })]).toEqual([[name], [name]]);
      expect(Object.entries(await agent.getAll())).toEqual([[name, name]]);
      expect(Object.entries(await agent.getMany([name]))).toEqual([[name, name]]);
      expect(Object.entries(await agent.keysByTopic())).toEqual([[name, [name]]]);
      expect(await mesh.subscribers(name)).toEqual([name]);
      const board = [{ name, subscribers: 1, items: 1 }];
      expect((await mesh.topics({ prefix: name })).topics).toEqual(board);
      const { events } = await agent.events({ types: [name] });
      expect(events.map(({ id, type, author }) => [id, type, author])).toEqual([
        [name, name, name],
      ]);
      const lease = await agent.claim({ topic: name });
      await lease?.complete();
      expect(await agent.keys()).toEqual([]);
    });

    it("keeps all such keys apart", async () => {
      const ann = await pushKeys(world, VALID_NAMES);
      expect(Object.entries(await ann.getAll({ topics: ["t"] })).length).toBe(VALID_NAMES.length);
      for (const name of VALID_NAMES) expect(await ann.get(name)).toBe(name);
    });

    it.each([1, 2, 3, 7, 29, 30, 31])("pages by code point, %i at a time", async (limit) => {
      const { mesh, ann } = world.team();
      for (const name of [...NAMES_BY_CODE_POINT].reverse()) {
        await ann.push(name, 1, { topics: [name] });
        await mesh.agent(name).subscribe(["t"]);
      }
      await ann.subscribe(NAMES_BY_CODE_POINT);
      const listings = await readPages(
        (page: Page | undefined) => ann.list({ limit, page }),
        ({ nextPage }) => nextPage,
      );
      const keys = listings.map(({ items }) => items.map(({ key }) => key));
      expectPages(keys, NAMES_BY_CODE_POINT, limit);
      const pages = await readPages(
        (page: Page | undefined) => ann.topics({ limit, page }),
        ({ nextPage }) => nextPage,
      );
      const names = pages.map(({ topics }) => topics.map(({ name }) => name));
      expect(names.flat().filter((name) => name !== "t")).toEqual(NAMES_BY_CODE_POINT);
      expectPages(names, names.flat(), limit);
      expect(await mesh.subscribers("t")).toEqual(NAMES_BY_CODE_POINT);
    });

    it.each([
      ...words("a a% % _ * \\ a\\ a_ \uE000 \uFFFF \u{1F98A} \u{10FFFF} A caf"),
      "nothing begins so",
    ])("matches the prefix %j literally", async (prefix) => {
      const names = [
        ...new Set([...NAMES_BY_CODE_POINT, ...VALID_NAMES, "a%b", "a_b", "A%", "aXb", "\uFFFFz"]),
      ];
      const { mesh, ann, bea, system } = world.team();
      await ann.pushMany(
        names.map((key) => ({ key, value: 1, topics: ["t", `${key.slice(0, 64)}`] })),
      );
      await bea.subscribe(["t"]);
      const expected = names.filter((name) => name.startsWith(prefix)).sort();
      for (const agent of [ann, bea, system]) {
        expect([...(await agent.keys({ prefix }))].sort()).toEqual(expected);
        expect([...(await agent.keys({ prefix, topics: ["t"] }))].sort()).toEqual(expected);
        expect(Object.keys(await agent.getAll({ prefix })).sort()).toEqual(expected);
        const { items } = await agent.list({ prefix, limit: 1_000 });
        expect(items.map(({ key }) => key).sort()).toEqual(expected);
      }
      const { topics } = await mesh.topics({ prefix, limit: 1_000 });
      const expectedTopics = new Set(names.map((name) => name.slice(0, 64)).concat("t"));
      expect(topics.map(({ name }) => name).sort()).toEqual(
        [...expectedTopics].filter((name) => name.startsWith(prefix)).sort(),
      );
    });

    it.for(Object.keys(RESULTS))("returns copies from %s", async (way, { mesh, ann, tenantId }) => {
      await ann.subscribe(["t", "u"]);
      await ann.push("it", { list: [{ deep: [1] }] }, { topics: ["t", "u"], subscribers: ["Bea"] });
      await ann.publish("happened", { list: [1] }, { topics: ["t", "u"] });
      await mesh.setPermissions("Ann", {
        post: ["t", "u"],
        subscribe: ["news", "sports", "t", "u"],
        direct: true,
      });
      const given = await RESULTS[way]!(ann);
      const before = await tenantSnapshot(world.storage, tenantId, ["Ann", "Bea"]);
      const copy = structuredClone(before);
      mutate(given);
      expect(await tenantSnapshot(world.storage, tenantId, ["Ann", "Bea"])).toEqual(copy);
    });
  },
  pastSubscriptions(world, it) {
    it("orders every listing by code point", async () => {
      const ann = await pushKeys(world, NAMES_BY_CODE_POINT);
      expect(await ann.keys()).toEqual(NAMES_BY_CODE_POINT);
      const values = Object.values(await ann.getAll());
      expect([...values].map(String).sort()).toEqual([...NAMES_BY_CODE_POINT].sort());
      expect((await ann.list()).items.map(({ key }) => key)).toEqual(NAMES_BY_CODE_POINT);
      expect(await ann.keysByTopic()).toEqual({ other: NAMES_BY_CODE_POINT });
      await ann.subscribe(["t"]);
      expect(await ann.keysByTopic()).toEqual({ t: NAMES_BY_CODE_POINT });
      const feed = new Feed(ann.watch({ initial: true }));
      const changes = await feed.takeUntil(({ type }) => type === "ready");
      const keys = changes.map((change) => change.type === "put" && change.item.key);
      expect(keys).toEqual(NAMES_BY_CODE_POINT);
    });

    it("gives each watch its own copy", async ({ mesh, system }) => {
      const [one, other] = [new Feed(mesh.agent("A").watch()), new Feed(mesh.agent("B").watch())];
      await system.push("it", { list: [1] }, EVERYONE);
      mutate(await one.next());
      const [change] = await other.take(1);
      expect(change).toMatchObject({ item: { value: { list: [1] }, topics: [] } });
      expect(await system.get("it")).toEqual({ list: [1] });
    });
  },
});
