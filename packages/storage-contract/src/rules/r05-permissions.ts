import { expect } from "vitest";
import type {
  AgentContext,
  AgentFilter,
  ContextMesh,
  ErrorCode,
  Page,
  PermissionsInput,
  RouteInput,
} from "@syntha/core";
import {
  Feed,
  expectPages,
  readPages,
  rejects,
  rule,
  tenantSnapshot,
  words,
} from "../harness/index.ts";

/** Every way to write with a route; `key` holds a visible item. */
const WRITES: Readonly<
  Record<string, (agent: AgentContext, key: string, route: RouteInput) => Promise<unknown>>
> = {
  push: (agent, _, route) => agent.push("new", 1, route),
  batch: (agent, _, route) => agent.pushMany([{ key: "new", value: 1, ...route }]),
  update: (agent, _, route) => agent.update("new", () => 1, route),
  publish: (agent, _, route) => agent.publish("happened", 1, route),
  completion: async (agent, key, route) => (await agent.claim({ key }))?.complete("done", route),
  "event of a completion": async (agent, key, route) =>
    (await agent.claim({ key }))?.complete(undefined, {
      events: [{ type: "happened", data: 1, ...route }],
    }),
};

const FORBIDDEN_ROUTES: readonly [RouteInput, unknown][] = [
  [{ topics: ["closed"] }, { topics: ["closed"] }],
  [{ topics: ["open", "closed"] }, { topics: ["closed"] }],
  [{ global: true }, { global: true }],
  [{ subscribers: ["Ann"] }, { direct: true }],
  [{ subscribers: ["Bot"] }, { direct: true }],
  [
    { topics: ["closed"], subscribers: ["Ann"] },
    { topics: ["closed"], direct: true },
  ],
];

/** Checks of an agent that may post and subscribe to `open` only. */
const CHECKS: readonly [string, boolean, PermissionsInput][] = [
  ["may post to a listed topic", true, { post: ["open"] }],
  ["may subscribe to a listed topic", true, { subscribe: ["open"] }],
  ["may do both", true, { post: ["open"], subscribe: ["open"], global: false }],
  ["may not post to an unlisted topic", false, { post: ["closed"] }],
  ["may not post to topics with an unlisted one", false, { post: ["open", "closed"] }],
  ["may not subscribe to an unlisted topic", false, { subscribe: ["closed"] }],
  ["may not push globally", false, { global: true }],
  ["may not push to agents by name", false, { direct: true }],
  ["may not do all if one part is forbidden", false, { post: ["open"], direct: true }],
];

/** Lets Bot post to `open` only, and pushes an item there. */
async function restrictBot(mesh: ContextMesh): Promise<AgentContext> {
  const bot = mesh.agent("Bot");
  await bot.subscribe(["open"]);
  await mesh.agent("Ann").push("task", "do it", { topics: ["open"] });
  await mesh.setPermissions("Bot", { post: ["open"], subscribe: ["open"] });
  return bot;
}

export const permissions = rule("R5 Permissions", {
  core(world, it) {
    it("allows everything to an agent without permissions", async ({ mesh, bot }) => {
      expect(await mesh.permissions("Bot")).toBeNull();
      await bot.subscribe(["any"]);
      await bot.push("a", 1, { topics: ["any"], subscribers: ["Ann"] });
      await bot.push("b", 1, { global: true });
    });

    it.for(Object.keys(WRITES))(
      "%s on a forbidden route rejects and changes nothing",
      async (way, { mesh, tenantId }) => {
        const bot = await restrictBot(mesh);
        for (const [route, details] of FORBIDDEN_ROUTES) {
          const before = await tenantSnapshot(world.storage, tenantId);
          const error = await rejects(WRITES[way]!(bot, "task", route), "FORBIDDEN");
          expect([route, error.details]).toEqual([route, details]);
          const after = await tenantSnapshot(world.storage, tenantId);
          // Completions claim first.
          const sinceThen = after.log.slice(before.log.length).map(({ change }) => change.type);
          expect(sinceThen).toEqual(way.includes("complet") ? ["lease"] : []);
          world.clock.advance("1m");
        }
        await WRITES[way]!(bot, "task", { topics: ["open"] });
      },
    );

    it("denies everything that set permissions leave out", async ({ mesh, bot }) => {
      await mesh.setPermissions("Bot", {});
      await rejects(bot.subscribe(["any"]), "FORBIDDEN");
      await rejects(bot.push("a", 1, { topics: ["any"] }), "FORBIDDEN");
      await rejects(bot.push("a", 1, { global: true }), "FORBIDDEN");
      await rejects(bot.push("a", 1, { subscribers: ["Ann"] }), "FORBIDDEN");
      expect(await mesh.permissions("Bot")).toEqual({
        post: [],
        subscribe: [],
        global: false,
        direct: false,
      });
    });

    it.each<[string, RouteInput]>([
      ["on a topic", { topics: ["closed"], subscribers: ["Bot"] }],
      ["for everyone", { global: true }],
      ["for agents by name", { subscribers: ["Bot"] }],
    ])("denies writing to an item %s that it may not post to", async (_, route) => {
      const { mesh, ann, system } = world.team();
      const bot = await restrictBot(mesh);
      await ann.push("kept", 1, route);
      await rejects(bot.push("kept", 2), "FORBIDDEN");
      await rejects(bot.push("kept", 2, route), "FORBIDDEN");
      await rejects(
        bot.update("kept", () => 2),
        "FORBIDDEN",
      );
      const lease = await bot.claim({ key: "kept" });
      await rejects(() => lease?.complete("done"), "FORBIDDEN");
      await lease?.extend("30s");
      expect(await bot.get("kept")).toBe(1);
      await lease?.complete("done", { topics: ["open"] });
      expect((await system.getItem("kept"))?.topics).toEqual(["open"]);
    });

    it("denies a default route that it may not post to", async () => {
      const { mesh, bot, system } = world.team({ defaultRoute: { global: true } });
      await restrictBot(mesh);
      await rejects(bot.push("new", 1), "FORBIDDEN");
      expect(await system.get("new")).toBeUndefined();
    });

    it("names the topics it may not subscribe to", async ({ mesh }) => {
      const bot = await restrictBot(mesh);
      await rejects(bot.subscribe(["open", "closed", "blocked"]), "FORBIDDEN", {
        topics: ["closed", "blocked"],
      });
      expect(await bot.subscriptions()).toEqual(["open"]);
    });

    it("lets a restricted agent read and delete its items", async ({ mesh, bot }) => {
      await bot.push("mine", 1, { global: true });
      await mesh.setPermissions("Bot", {});
      expect(await bot.get("mine")).toBe(1);
      expect(await bot.delete("mine")).toBe(true);
    });

    it.each(CHECKS)("can() reports that a restricted agent %s", async (_, answer, asked) => {
      const { mesh, ann, system } = world.team();
      const bot = await restrictBot(mesh);
      expect(await bot.can(asked)).toBe(answer);
      expect(await ann.can(asked)).toBe(true);
      expect(await system.can(asked)).toBe(true);
      await mesh.setPermissions("Bot", null);
      expect(await bot.can(asked)).toBe(true);
    });

    it("can() agrees with push and subscribe", async ({ mesh }) => {
      const bot = await restrictBot(mesh);
      for (const post of ["open", "closed"]) {
        const push = bot.push(`on ${post}`, 1, { topics: [post] });
        const pushed = await push.then(
          () => true,
          () => false,
        );
        expect(await bot.can({ post: [post] })).toBe(pushed);
        const subscribed = await bot.subscribe([post]).then(
          () => true,
          () => false,
        );
        expect(await bot.can({ subscribe: [post] })).toBe(subscribed);
      }
    });

    it.each<[string, unknown]>([
      ["an empty object", {}],
      ["an empty list", { post: [] }],
      ["a false flag", { global: false }],
      ["undefined", undefined],
      ["an unknown field", { read: ["open"] }],
      ["a string for topics", { post: "open" }],
      ["a pattern for topics", { post: "open*" }],
      ["an empty topic name", { subscribe: [""] }],
    ])("can() rejects %s", async (_, asked) => {
      const bot = world.mesh().agent("Bot");
      const error = await rejects(bot.can(asked as PermissionsInput), "INVALID_ARGUMENTS");
      expect(error.code).toBe("INVALID_ARGUMENTS");
    });

    it.each(["post", "subscribe"])('rejects a list with "*" for %s', async (part) => {
      const mesh = world.mesh();
      const allowed = { [part]: ["a", "*"] };
      for (const call of [
        () => mesh.setPermissions("Bot", allowed),
        () => mesh.agent("Bot").can(allowed),
      ]) {
        const { hint, details } = await rejects(call, "INVALID_ARGUMENTS");
        expect(hint).toBe(`Write ${part}: "*" for all topics, or name the topics.`);
        expect(details).toEqual({ path: part });
      }
      expect(await mesh.permissions("Bot")).toBeNull();
    });

    it.each<[AgentFilter, ErrorCode]>([
      [{ limit: 0 }, "INVALID_ARGUMENTS"],
      [{ limit: 1_001 }, "INVALID_ARGUMENTS"],
      [{ prefix: "\0" }, "INVALID_TEXT"],
      [{ page: "2" }, "INVALID_CURSOR"],
    ])("agents() rejects %j", async (filter, code) => {
      const error = await rejects(world.mesh().agents(filter), code);
      expect(error.code).toBe(code);
    });
  },
  storage(world, it) {
    it("does not restore subscriptions with wider permissions", async ({ mesh, bot }) => {
      await bot.subscribe(["a"]);
      await mesh.setPermissions("Bot", {});
      await mesh.setPermissions("Bot", null);
      expect(await mesh.permissions("Bot")).toBeNull();
      expect(await bot.subscriptions()).toEqual([]);
      await bot.subscribe(["a"]);
      await bot.push("it", 1, { global: true });
    });

    it('allows all topics with "*"', async ({ mesh, ann, bot }) => {
      for (const topic of ["a", "b", "*"]) await ann.push(topic, 1, { topics: [topic] });
      await bot.subscribe(["a", "b"]);
      const readAny = { post: ["a"], subscribe: "*", global: false, direct: false } as const;
      expect(await mesh.setPermissions("Bot", readAny)).toEqual({ unsubscribed: [] });
      expect(await mesh.permissions("Bot")).toEqual(readAny);
      expect((await mesh.agents({ prefix: "Bot" })).agents[0]?.permissions).toEqual(readAny);
      expect(await bot.subscribe(["*", "any"])).toEqual(["*", "any"]);
      await rejects(bot.push("new", 1, { topics: ["a", "b"] }), "FORBIDDEN");
      await rejects(bot.push("new", 1, { topics: ["a"], subscribers: ["Ann"] }), "FORBIDDEN");
      expect(await bot.can({ subscribe: "*", post: ["a"] })).toBe(true);
      expect(await bot.can({ post: "*" })).toBe(false);
      const shown = (await bot.topics()).topics.map(({ name }) => name);
      expect(shown).toEqual(["*", "a", "any", "b"]);
      await mesh.setPermissions("Bot", { post: "*", subscribe: ["any"] });
      expect(await bot.subscriptions()).toEqual(["any"]);
      await bot.push("new", 1, { topics: ["a", "any"] });
      const denied = await rejects(bot.push("new", 1, { global: true }), "FORBIDDEN");
      expect(denied.details).toEqual({ global: true });
      const { topicsToSubscribe } = await mesh.system.explain("Bot", "b");
      expect(topicsToSubscribe).toEqual([]);
    });

    it("replaces permissions as a whole", async ({ mesh }) => {
      await mesh.setPermissions("Bot", { post: ["a"], global: true });
      await mesh.setPermissions("Bot", { post: ["b"], direct: true });
      expect(await mesh.permissions("Bot")).toEqual({
        post: ["b"],
        subscribe: [],
        global: false,
        direct: true,
      });
    });

    it("restricts only the named agent", async ({ mesh, bot, system }) => {
      await mesh.setPermissions("Bot", {});
      await mesh.agent("bot").push("a", 1, { global: true });
      await system.push("b", 1, { global: true });
      expect(await bot.keys()).toEqual(["a", "b"]);
    });

    it("lists only topics an agent may use", async ({ mesh, ann, bot, system }) => {
      for (const topic of ["a", "b", "c", "d", "e"]) await ann.push(topic, 1, { topics: [topic] });
      await mesh.setPermissions("Bot", { post: ["d", "a", "none"], subscribe: ["b", "a"] });
      const names = async (agent: AgentContext): Promise<string[]> =>
        (await agent.topics()).topics.map(({ name }) => name);
      expect(await names(bot)).toEqual(["a", "b", "d"]);
      expect(await names(ann)).toEqual(["a", "b", "c", "d", "e"]);
      expect(await names(system)).toEqual(["a", "b", "c", "d", "e"]);
      const beginning = (await bot.topics({ prefix: "d" })).topics;
      expect(beginning).toEqual([{ name: "d", subscribers: 0, items: 1 }]);
      const pages = await readPages(
        (page: Page | undefined) => bot.topics({ limit: 2, page }),
        ({ nextPage }) => nextPage,
      );
      const paged = pages.map(({ topics }) => topics.map(({ name }) => name));
      expect(paged).toEqual([["a", "b"], ["d"]]);
    });

    it("lists agents with their permissions and subscriptions", async ({ mesh, bea, cid, bot }) => {
      expect(await mesh.agents()).toEqual({ agents: [], corrupt: [], nextPage: undefined });
      await cid.push("item", 1, { topics: ["a"], subscribers: ["Dov"] });
      await bea.subscribe(["b", "a"]);
      await mesh.setPermissions("Ann", { post: ["b", "a"], direct: true });
      await mesh.setPermissions("Bot", { subscribe: ["c", "b"] });
      await bot.subscribe(["c"]);
      const permissions = { post: [], subscribe: [], global: false, direct: false };
      const known = { capabilities: [], firstSeen: new Date(world.clock()), leases: 0 };
      const seen = { ...known, lastSeen: new Date(world.clock()) };
      const listed = [
        { name: "Ann", ...known, subscriptions: [], permissions: await mesh.permissions("Ann") },
        { name: "Bea", ...seen, subscriptions: ["a", "b"], permissions: null },
        {
          name: "Bot",
          ...seen,
          subscriptions: ["c"],
          permissions: { ...permissions, subscribe: ["c", "b"] },
        },
        { name: "Cid", ...seen, subscriptions: [], permissions: null },
      ];
      const { agents } = await mesh.agents();
      expect(agents).toEqual(listed);
      for (const { subscriptions, permissions: set } of agents)
        for (const topics of [subscriptions, set?.post, set?.subscribe])
          (topics as string[] | undefined)?.push("more");
      expect((await mesh.agents()).agents).toEqual(listed);

      await mesh.setPermissions("Ann", null);
      await mesh.setPermissions("Bot", null);
      await mesh.deleteTopic("a");
      await bea.unsubscribe(["b"]);
      expect((await mesh.agents()).agents).toEqual([
        { name: "Ann", ...known, subscriptions: [], permissions: null },
        { name: "Bea", ...seen, subscriptions: [], permissions: null },
        { name: "Bot", ...seen, subscriptions: ["c"], permissions: null },
        { name: "Cid", ...seen, subscriptions: [], permissions: null },
      ]);
    });
  },
  wrapper(world, it) {
    it("pages agents by code point and prefix", async ({ mesh }) => {
      const names = [
        ...words("B a a\u0001"),
        "a 1",
        ...words("a/1 a1 b \uFFFF \u{1F98A} \u{1F98A}2"),
      ];
      for (const [i, name] of names.toReversed().entries()) {
        if (i % 2 === 0) await mesh.agent(name).subscribe(["t", "u"]);
        else await mesh.setPermissions(name, {});
      }
      for (const prefix of ["", "a", "a\u0001", "\u{1F98A}", "\uFFFF", "none"]) {
        const expected = names.filter((name) => name.startsWith(prefix));
        for (let limit = 1; limit <= names.length + 1; limit++) {
          const pages = await readPages(
            (page: Page | undefined) => mesh.agents({ prefix, limit, page }),
            ({ nextPage }) => nextPage,
          );
          const given = pages.map(({ agents }) => agents.map(({ name }) => name));
          expectPages(given, expected, limit);
        }
      }
      const { nextPage } = await mesh.agents({ limit: 1 });
      const late = await mesh.agents({ prefix: "b", page: nextPage });
      expect(late.agents.map(({ name }) => name)).toEqual(["b"]);
    });
  },
  pastSubscriptions(world, it) {
    it("ends forbidden subscriptions in the same commit", async ({ mesh, ann, bot }) => {
      await bot.subscribe(["a", "b", "c"]);
      await ann.push("x", 1, { topics: ["a"] });
      await ann.push("y", 1, { topics: ["b", "c"] });
      const feed = new Feed(bot.watch());
      const { revision } = await mesh.stats();
      const { unsubscribed } = await mesh.setPermissions("Bot", { subscribe: ["c"] });
      expect([...unsubscribed].sort()).toEqual(["a", "b"]);
      expect(await bot.subscriptions()).toEqual(["c"]);
      expect(await bot.keys()).toEqual(["y"]);
      expect((await mesh.stats()).revision).toBe(revision + 1);
      expect(await feed.drain(mesh)).toEqual(["hide x"]);
    });
  },
});
