import { expect } from "vitest";
import type { AgentContext, ContextMesh, ListFilter, Page, RouteInput } from "@syntha/core";
import { Feed, readPages, rejects, rule, words } from "../harness/index.ts";

/** Items and events with every kind of route, by their author; null is the system. */
const POSTED: Readonly<Record<string, { by: string | null; route: RouteInput }>> = {
  everyone: { by: "Ann", route: { global: true } },
  followed: { by: "Ann", route: { topics: ["news"] } },
  unfollowed: { by: "Ann", route: { topics: ["empty"] } },
  named: { by: "Ann", route: { subscribers: ["Cid"] } },
  both: { by: "Ann", route: { topics: ["news"], subscribers: ["Cid"] } },
  twice: { by: "Cid", route: { topics: ["news", "sports"] } },
  official: { by: null, route: { topics: ["news"] } },
  secret: { by: null, route: { subscribers: ["Bea"] } },
};

const SUBSCRIBED: Readonly<Record<string, readonly string[]>> = {
  Ann: [],
  Bea: ["news"],
  Cid: ["sports", "weather"],
  Dov: [],
};

/** Visible keys by agent. */
const VISIBLE: Readonly<Record<string, readonly string[]>> = {
  Ann: ["both", "everyone", "followed", "named", "unfollowed"],
  Bea: ["both", "everyone", "followed", "official", "secret", "twice"],
  Cid: ["both", "everyone", "named", "twice"],
  Dov: ["everyone"],
  system: ["both", "everyone", "followed", "named", "official", "secret", "twice", "unfollowed"],
};

const KEYS = Object.keys(POSTED);

/** Filters, and the keys that match them. */
const FILTERS: readonly (readonly [ListFilter, readonly string[]])[] = [
  [{}, KEYS],
  [{ topics: ["news"] }, ["both", "followed", "official", "twice"]],
  [{ topics: ["sports"] }, ["twice"]],
  [{ topics: ["empty"] }, ["unfollowed"]],
  [{ topics: ["weather"] }, []],
  [{ topics: ["weather", "sports", "empty"] }, ["twice", "unfollowed"]],
  [{ topics: ["news", "sports"], prefix: "t" }, ["twice"]],
  [{ topics: ["Cid"] }, []],
  [{ prefix: "" }, KEYS],
  [{ prefix: "e" }, ["everyone"]],
  [{ prefix: "t" }, ["twice"]],
  [{ prefix: "x" }, []],
  [{ author: "Ann" }, ["both", "named", "unfollowed"]],
  [{ author: "Bea" }, ["followed"]],
  [{ author: "Cid" }, ["everyone", "twice"]],
  [{ state: "open" }, ["followed", "named", "official", "secret", "twice"]],
  [{ state: "claimed" }, ["unfollowed"]],
  [{ state: "done" }, ["everyone"]],
  [{ state: "failed" }, ["both"]],
  [{ topics: ["news"], state: "open" }, ["followed", "official", "twice"]],
  [{ topics: ["news"], author: "Bea", prefix: "f" }, ["followed"]],
];

async function keysWhere(isSeen: (key: string) => Promise<boolean>): Promise<string[]> {
  const found: string[] = [];
  for (const key of KEYS) if (await isSeen(key)) found.push(key);
  return found;
}

/** Every way to read items, reduced to keys. */
const READS: Readonly<Record<string, (agent: AgentContext) => Promise<readonly string[]>>> = {
  get: (agent) => keysWhere(async (key) => (await agent.get(key)) !== undefined),
  getItem: (agent) => keysWhere(async (key) => (await agent.getItem(key)) !== undefined),
  getMany: async (agent) => Object.keys(await agent.getMany(KEYS)),
  getAll: async (agent) => Object.keys(await agent.getAll()),
  keys: (agent) => agent.keys(),
  list: async (agent) => (await agent.list()).items.map(({ key }) => key),
  keysByTopic: async (agent) => [...new Set(Object.values(await agent.keysByTopic()).flat())],
  explain: (agent) => keysWhere(async (key) => (await agent.explain(key)).visible),
  "watch with initial": async (agent) => {
    const feed = new Feed(agent.watch({ initial: true }));
    const changes = await feed.takeUntil(({ type }) => type === "ready");
    return changes.map((change) => (change.type === "put" ? change.item.key : change.type));
  },
  "watch of keys": async (agent) => {
    const feed = new Feed(agent.watch({ initial: true, keys: KEYS }));
    const changes = await feed.takeUntil(({ type }) => type === "ready");
    return changes.map((change) => (change.type === "put" ? change.item.key : change.type));
  },
  claim: (agent) =>
    keysWhere(async (key) => {
      const lease = await agent.claim({ key });
      await lease?.release();
      return lease !== undefined;
    }),
};

function agentNamed(mesh: ContextMesh, name: string): AgentContext {
  return name === "system" ? mesh.system : mesh.agent(name);
}

async function subscribeAll(mesh: ContextMesh): Promise<void> {
  for (const [name, topics] of Object.entries(SUBSCRIBED))
    if (topics.length > 0) await mesh.agent(name).subscribe(topics);
}

async function pushAll(mesh: ContextMesh): Promise<void> {
  for (const [key, { by, route }] of Object.entries(POSTED))
    await agentNamed(mesh, by ?? "system").push(key, `value of ${key}`, route);
}

/** Rewrites, claims and completes items. */
async function workOn(mesh: ContextMesh): Promise<void> {
  const lease = { lease: "1h" } as const;
  await mesh.agent("Bea").push("followed", "rewritten");
  await (await mesh.agent("Cid").claim({ key: "everyone" }, lease))?.complete("done");
  await (await mesh.agent("Ann").claim({ key: "both" }, lease))?.release({ maxAttempts: 1 });
  await mesh.agent("Ann").claim({ key: "unfollowed" }, lease);
}

async function listAll(agent: AgentContext, filter: ListFilter): Promise<string[]> {
  const pages = await readPages(
    (page: Page | undefined) => agent.list({ ...filter, limit: 2, page }),
    ({ nextPage }) => nextPage,
  );
  return pages.flatMap(({ items }) => items.map(({ key }) => key));
}

/** Watches of agents need past subscriptions. */
const isWatch = (way: string): boolean => way.startsWith("watch");

export const visibility = rule("R1 Visibility", {
  core(world, it) {
    it("answers the same for hidden and missing keys", async ({ ann, dov }) => {
      await ann.push("hidden", 1, { subscribers: ["Bea"] });
      const answers = async (key: string): Promise<string> =>
        JSON.stringify([
          await dov.get(key),
          await dov.getItem(key),
          await dov.getMany([key]),
          await dov.delete(key),
          await dov.claim({ key }),
          await dov.explain(key),
        ]).replaceAll(key, "…");
      expect(await answers("hidden")).toBe(await answers("nowhere"));
    });

    it("explains visibility with every reason", async ({ mesh, cid }) => {
      await cid.subscribe(["news", "sports", "weather"]);
      await cid.push("it", 1, { topics: ["news", "sports", "music"], subscribers: ["Cid"] });
      expect((await cid.explain("it")).reasons).toEqual([
        { kind: "owner" },
        { kind: "subscriber" },
        { kind: "topic", topics: ["news", "sports"] },
      ]);
      expect((await mesh.system.explain("it")).reasons).toEqual([{ kind: "system" }]);
    });
  },
  storage(world, it) {
    it.each(Object.keys(READS))("%s returns exactly what each agent may see", async (way) => {
      if (isWatch(way) && !world.storage.supports.pastSubscriptions) return;
      const mesh = world.mesh();
      await subscribeAll(mesh);
      await pushAll(mesh);
      const shown: Record<string, readonly string[]> = {};
      for (const name of Object.keys(VISIBLE))
        shown[name] = [...(await READS[way]!(agentNamed(mesh, name)))].sort();
      expect(shown).toEqual(VISIBLE);
    });

    it.each(FILTERS)("list filtered by %j returns only matching items", async (filter, left) => {
      const mesh = world.mesh();
      await subscribeAll(mesh);
      await pushAll(mesh);
      await workOn(mesh);
      for (const name of Object.keys(VISIBLE)) {
        const agent = agentNamed(mesh, name);
        const expected = VISIBLE[name]!.filter((key) => left.includes(key));
        expect([name, await listAll(agent, filter)]).toEqual([name, expected]);
        const { topics, prefix, author, state } = filter;
        if (author !== undefined || state !== undefined) continue;
        expect(await agent.keys({ topics, prefix })).toEqual(expected);
        expect(Object.keys(await agent.getAll({ topics, prefix }))).toEqual(expected);
      }
    });

    it("lists exactly the events each agent may see", async ({ mesh }) => {
      await subscribeAll(mesh);
      for (const [type, { by, route }] of Object.entries(POSTED))
        await agentNamed(mesh, by ?? "system").publish(type, null, route);
      const shown: Record<string, readonly string[]> = {};
      for (const name of Object.keys(VISIBLE)) {
        const { events } = await agentNamed(mesh, name).events();
        shown[name] = events.map(({ type }) => type).sort();
      }
      expect(shown).toEqual(VISIBLE);
    });

    it("shows a late subscriber what is already there, until it unsubscribes", async () => {
      const { mesh, ann, bea } = world.team();
      await ann.push("offer", "early", { topics: ["sales"] });
      await ann.publish("offered", 1, { topics: ["sales"] });
      const late = mesh.agent("Late");
      expect(await late.get("offer")).toBeUndefined();
      await late.subscribe(["sales"]);
      expect(await late.get("offer")).toBe("early");
      expect((await late.events()).events.map(({ type }) => type)).toEqual(["offered"]);
      await bea.subscribe(["sales"]);
      await ann.push("offer", 1, { topics: ["sales"] });
      await ann.publish("offered", 1, { topics: ["sales"] });
      expect(await bea.keys()).toEqual(["offer"]);
      await bea.unsubscribe(["sales"]);
      expect(await bea.get("offer")).toBeUndefined();
      expect(await bea.keys()).toEqual([]);
      expect((await bea.events()).events).toEqual([]);
    });

    it("follows a re-routed item to its new audience and owner", async () => {
      const { ann, bea, cid, system } = world.team();
      await ann.push("offer", 1, { subscribers: ["Bea"] });
      await ann.push("offer", 2, { subscribers: ["Cid"] });
      expect(await bea.get("offer")).toBeUndefined();
      expect(await cid.get("offer")).toBe(2);
      expect(await ann.get("offer")).toBe(2);
      await ann.push("offer", 1, { subscribers: ["Bea"] });
      await system.push("offer", 2, { subscribers: ["Cid"] });
      expect(await ann.get("offer")).toBeUndefined();
      expect((await system.getItem("offer"))?.owner).toBeUndefined();
    });

    it.for([
      ...words("global all * % null undefined __proto__ constructor toString"),
      " ",
      "'; DROP TABLE items; --",
    ])("keeps items for an agent named %j private", async (name, { mesh, ann, dov }) => {
      await ann.push("note", 1, { subscribers: [name] });
      await ann.push("board", 2, { topics: [name] });
      expect(await mesh.agent(name).keys()).toEqual(["note"]);
      expect(await dov.keys()).toEqual([]);
      await dov.subscribe([name]);
      expect(await dov.keys()).toEqual(["board"]);
      expect(mesh.agent(name).isSystem).toBe(false);
    });

    it.for<[string, string]>([
      ["Bea", "bea"],
      ["Bea", "Bea "],
      ["caf\u00E9", "cafe\u0301"],
      ["a", "a\u200B"],
      ["K", "\u212A"],
    ])("distinguishes agents and topics named %j and %j", async ([one, other], { mesh, ann }) => {
      await ann.push("named", 1, { subscribers: [one] });
      await ann.push("followed", 1, { topics: [one] });
      await mesh.agent(other).subscribe([other]);
      expect(await mesh.agent(other).keys()).toEqual([]);
      await mesh.agent(one).subscribe([one]);
      expect(await mesh.agent(one).keys()).toEqual(["followed", "named"]);
    });

    it("explains to the system why an item is not visible", async ({ ann, system }) => {
      await ann.push("it", 1, { topics: ["news"], subscribers: ["Bea"] });
      await ann.push("deleted", 1, { global: true });
      await ann.delete("deleted");
      await ann.push("expired", 1, { global: true, ttl: "1s" });
      world.clock.advance("1s");
      const obstacle = async (key: string): Promise<unknown> =>
        (await system.explain("Dov", key)).notVisibleBecause;
      expect((await system.explain("Dov", "it")).topicsToSubscribe).toEqual(["news"]);
      expect(await obstacle("it")).toBe("not addressed");
      expect(await obstacle("deleted")).toBe("deleted");
      expect(await obstacle("expired")).toBe("expired");
      expect(await obstacle("never")).toBe("absent");
      expect((await system.explain("Bea", "it")).reasons).toEqual([{ kind: "subscriber" }]);
    });

    it("explains an item for each known agent, page by page", async ({ mesh, ann, system }) => {
      await ann.push("it", 1, { topics: ["news"], subscribers: ["Bea", "Stranger"] });
      for (const name of ["Bea", "Cid", "Dov"]) await mesh.agent(name).subscribe(["other"]);
      await mesh.agent("Cid").subscribe(["news"]);
      const found: unknown[] = [];
      const counts: number[] = [];
      for (let page: Page | undefined; ;) {
        const { explanations, visibleTo, nextPage } = await system.audience("it", {
          limit: 2,
          page,
        });
        counts.push(visibleTo);
        for (const explanation of explanations) {
          found.push([explanation.agent, explanation.visible]);
          expect(explanation).toEqual(await system.explain(explanation.agent as string, "it"));
        }
        if ((page = nextPage) === undefined) break;
      }
      expect(found).toEqual([
        ["Ann", true],
        ["Bea", true],
        ["Cid", true],
        ["Dov", false],
      ]);
      expect(counts).toEqual([2, 1]);
      const { explanations } = await system.audience("it", { prefix: "C" });
      expect(explanations.map(({ agent }) => agent)).toEqual(["Cid"]);
      const absent = await system.audience("never");
      expect([absent.visibleTo, absent.explanations.length]).toEqual([0, 4]);
      expect(absent.explanations[0]?.notVisibleBecause).toBe("absent");
    });

    it("explains several items for one agent, in the order of the keys", async () => {
      const { mesh, ann, system } = world.team();
      await subscribeAll(mesh);
      await pushAll(mesh);
      await ann.push("deleted", 1, { global: true });
      await ann.delete("deleted");
      const keys = [...KEYS, "never", "deleted"].reverse();
      for (const name of Object.keys(VISIBLE).filter((each) => each !== "system")) {
        const explanations = await system.explainMany(name, keys);
        const single = keys.map((key) => system.explain(name, key));
        expect(explanations).toEqual(await Promise.all(single));
      }
      expect(await system.explainMany("Ann", [])).toEqual([]);
      expect(await system.explainMany("Ann", ["never", "never"])).toHaveLength(1);
    });
  },
  wrapper(world, it) {
    it("lists items updated after a time, exclusively", async ({ mesh, system }) => {
      await subscribeAll(mesh);
      await pushAll(mesh);
      const moment = world.clock();
      const after = async (time: number): Promise<string[]> =>
        listAll(system, { updatedAfter: new Date(time) });
      expect([await after(moment), await after(moment - 1)]).toEqual([[], [...KEYS].sort()]);
      world.clock.advance(1);
      await workOn(mesh);
      // A claim and a last attempt write no value.
      expect(await after(moment)).toEqual(["everyone", "followed"]);
    });
    it("lists the items that name one of some agents", async ({ ann, bea, system }) => {
      await ann.push("both", 1, { subscribers: ["Bea", "Cid"] });
      await ann.push("hers", 1, { topics: ["t"], subscribers: ["Bea"] });
      await ann.push("his", 1, { subscribers: ["Cid"] });
      await bea.push("all", 1, { global: true });
      const keysOf = async (agent: AgentContext, ...subscribers: string[]): Promise<unknown> =>
        (await agent.list({ subscribers })).items.map(({ key }) => key);
      expect(await keysOf(system, "Bea")).toEqual(["both", "hers"]);
      expect(await keysOf(system, "Cid", "Bea", "Cid")).toEqual(["both", "hers", "his"]);
      expect(await keysOf(system, "Dov")).toEqual([]);
      expect(await keysOf(bea, "Bea")).toEqual(["both", "hers"]);
      expect(await keysOf(bea, "Cid")).toEqual(["both"]);
      expect(await keysOf(ann, "Bea", "Cid")).toEqual(["both", "hers", "his"]);
      const { items } = await system.list({ subscribers: ["Bea"], topics: ["t"], values: false });
      expect(items.map(({ key }) => key)).toEqual(["hers"]);
      const first = await system.list({ subscribers: ["Bea", "Cid"], limit: 2 });
      const rest = await system.list({ subscribers: ["Bea", "Cid"], page: first.nextPage });
      expect(rest.items.map(({ key }) => key)).toEqual(["his"]);
      for (const subscribers of [
        [],
        ["system"],
        [""],
        Array.from({ length: 65 }, (_, n) => `${n}`),
      ])
        await rejects(system.list({ subscribers }), "INVALID_ARGUMENTS");
    });
    it("lists the keys after a position between them", async ({ mesh, system }) => {
      await subscribeAll(mesh);
      for (const key of ["a:1", "a:2", "b", "c"]) await system.push(key, 1, { global: true });
      const after = async (key: string): Promise<readonly string[]> => {
        const { items } = await mesh.agent("Ann").list({ after: key, limit: 2 });
        return items.map((item) => item.key);
      };
      expect(await after("a:\u{10FFFF}")).toEqual(["b", "c"]);
      expect(await after("a:1")).toEqual(["a:2", "b"]);
      expect(await after("c")).toEqual([]);
      const { nextPage } = await system.list({ after: "a:1", limit: 1 });
      expect((await system.list({ page: nextPage })).items.map(({ key }) => key)).toEqual([
        "b",
        "c",
      ]);
    });
  },
  pastSubscriptions(world, it) {
    it("watch emits exactly what each agent may see", async ({ mesh }) => {
      await subscribeAll(mesh);
      const feeds = Object.keys(VISIBLE).map(
        (name) => [name, new Feed(agentNamed(mesh, name).watch())] as const,
      );
      await pushAll(mesh);
      for (const [type, { by, route }] of Object.entries(POSTED))
        await agentNamed(mesh, by ?? "system").publish(type, null, route);
      for (const [name, feed] of feeds) {
        const lines = await feed.drain(mesh);
        const marks = lines.filter((text) => text.includes("mark"));
        const seen = VISIBLE[name]!;
        const expected = KEYS.filter((key) => seen.includes(key));
        expect([name, ...lines.filter((text) => !marks.includes(text))]).toEqual([
          name,
          ...expected.map((key) => `put ${key}="value of ${key}"`),
          ...expected.map((type) => `event ${type}=null`),
        ]);
      }
    });
  },
});
