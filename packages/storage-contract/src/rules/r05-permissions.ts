import { expect, it } from "vitest";
import type {
  AgentContext,
  AgentFilter,
  ContextMesh,
  ErrorCode,
  Page,
  PermissionsInput,
  RouteInput,
} from "@syntha/core";
import { tenantSnapshot, readLog } from "../harness/tenant-snapshot.ts";
import type { StorageContract } from "../contract.ts";
import { Feed } from "../harness/feed.ts";
import { rejects } from "../harness/rejects.ts";
import { rule } from "../harness/world.ts";

/** Every way to put something on a route; `key` holds an item that the agent sees. */
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

/** Of an agent that may post and subscribe to `open` alone. */
const CHECKS: readonly [string, boolean, PermissionsInput][] = [
  ["may post to a topic that is named", true, { post: ["open"] }],
  ["may subscribe to a topic that is named", true, { subscribe: ["open"] }],
  ["may do both", true, { post: ["open"], subscribe: ["open"], global: false }],
  ["may not post to a topic that is not named", false, { post: ["closed"] }],
  ["may not post to several of which one is not named", false, { post: ["open", "closed"] }],
  ["may not subscribe to a topic that is not named", false, { subscribe: ["closed"] }],
  ["may not push globally", false, { global: true }],
  ["may not push to agents by name", false, { direct: true }],
  ["may not do all, where it may do a part", false, { post: ["open"], direct: true }],
];

/** A mesh in which Bot may post to `open` alone, and sees an item there. */
async function restrictBot(mesh: ContextMesh): Promise<AgentContext> {
  const bot = mesh.agent("Bot");
  await bot.subscribe(["open"]);
  await mesh.agent("Ann").push("task", "do it", { topics: ["open"] });
  await mesh.setPermissions("Bot", { post: ["open"], subscribe: ["open"] });
  return bot;
}

export function permissions(contract: StorageContract): void {
  rule(contract, "R5 Permissions", (world) => {
    it("allows everything to an agent for which none are set", async () => {
      const mesh = world.mesh();
      const bot = mesh.agent("Bot");
      expect(await mesh.permissions("Bot")).toBeNull();
      await bot.subscribe(["any"]);
      await bot.push("a", 1, { topics: ["any"], subscribers: ["Ann"] });
      await bot.push("b", 1, { global: true });
    });

    it.each(Object.keys(WRITES))(
      "denies by %s what is not named, and changes nothing",
      async (way) => {
        const mesh = world.mesh();
        const bot = await restrictBot(mesh);
        for (const [route, details] of FORBIDDEN_ROUTES) {
          const before = await tenantSnapshot(world.storage, mesh.tenantId);
          const error = await rejects(WRITES[way]!(bot, "task", route), "FORBIDDEN");
          expect([route, error.details]).toEqual([route, details]);
          const after = await tenantSnapshot(world.storage, mesh.tenantId);
          // A completion claims first.
          const sinceThen = after.log.slice(before.log.length).map(({ change }) => change.type);
          expect(sinceThen).toEqual(way.includes("complet") ? ["lease"] : []);
          world.clock.advance("1m");
        }
        await WRITES[way]!(bot, "task", { topics: ["open"] });
      },
    );

    it("denies all that is left out once any of it is set", async () => {
      const mesh = world.mesh();
      await mesh.setPermissions("Bot", {});
      const bot = mesh.agent("Bot");
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
    ])(
      "denies writing to an item %s where it may not post, its kept route included",
      async (_, route) => {
        const mesh = world.mesh();
        const bot = await restrictBot(mesh);
        await mesh.agent("Ann").push("kept", 1, route);
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
        expect((await mesh.system.getItem("kept"))?.topics).toEqual(["open"]);
      },
    );

    it("denies the default route where it may not post", async () => {
      const mesh = world.mesh({ defaultRoute: { global: true } });
      await restrictBot(mesh);
      await rejects(mesh.agent("Bot").push("new", 1), "FORBIDDEN");
      expect(await mesh.system.get("new")).toBeUndefined();
    });

    it("denies subscribing to what is not named, and names it", async () => {
      const mesh = world.mesh();
      const bot = await restrictBot(mesh);
      const error = await rejects(bot.subscribe(["open", "closed", "shut"]), "FORBIDDEN");
      expect(error.details).toEqual({ topics: ["closed", "shut"] });
      expect(await bot.subscriptions()).toEqual(["open"]);
    });

    it("ends subscriptions that are no longer allowed in the same commit", async () => {
      const mesh = world.mesh();
      const bot = mesh.agent("Bot");
      await bot.subscribe(["a", "b", "c"]);
      await mesh.agent("Ann").push("x", 1, { topics: ["a"] });
      await mesh.agent("Ann").push("y", 1, { topics: ["b", "c"] });
      const feed = new Feed(bot.watch());
      const { revision } = await mesh.stats();
      const { unsubscribed } = await mesh.setPermissions("Bot", { subscribe: ["c"] });
      expect([...unsubscribed].sort()).toEqual(["a", "b"]);
      expect(await bot.subscriptions()).toEqual(["c"]);
      expect(await bot.keys()).toEqual(["y"]);
      expect((await mesh.stats()).revision).toBe(revision + 1);
      expect(await feed.drain(mesh)).toEqual(["hide x"]);
    });

    it("brings no subscription back with wider permissions", async () => {
      const mesh = world.mesh();
      const bot = mesh.agent("Bot");
      await bot.subscribe(["a"]);
      await mesh.setPermissions("Bot", {});
      await mesh.setPermissions("Bot", null);
      expect(await mesh.permissions("Bot")).toBeNull();
      expect(await bot.subscriptions()).toEqual([]);
      await bot.subscribe(["a"]);
      await bot.push("it", 1, { global: true });
    });

    it("replaces what was set before as a whole", async () => {
      const mesh = world.mesh();
      await mesh.setPermissions("Bot", { post: ["a"], global: true });
      await mesh.setPermissions("Bot", { post: ["b"], direct: true });
      expect(await mesh.permissions("Bot")).toEqual({
        post: ["b"],
        subscribe: [],
        global: false,
        direct: true,
      });
    });

    it("binds the named agent alone", async () => {
      const mesh = world.mesh();
      await mesh.setPermissions("Bot", {});
      await mesh.agent("bot").push("a", 1, { global: true });
      await mesh.system.push("b", 1, { global: true });
      expect(await mesh.agent("Bot").keys()).toEqual(["a", "b"]);
    });

    it("leaves reading and deleting of its own to an agent that may do nothing more", async () => {
      const mesh = world.mesh();
      const bot = mesh.agent("Bot");
      await bot.push("mine", 1, { global: true });
      await mesh.setPermissions("Bot", {});
      expect(await bot.get("mine")).toBe(1);
      expect(await bot.delete("mine")).toBe(true);
    });

    it("shows an agent the topics that it may post or subscribe to", async () => {
      const mesh = world.mesh();
      for (const topic of ["a", "b", "c", "d", "e"])
        await mesh.agent("Ann").push(topic, 1, { topics: [topic] });
      await mesh.setPermissions("Bot", { post: ["d", "a", "none"], subscribe: ["b", "a"] });
      const names = async (agent: AgentContext): Promise<string[]> =>
        (await agent.topics()).topics.map(({ name }) => name);
      expect(await names(mesh.agent("Bot"))).toEqual(["a", "b", "d"]);
      expect(await names(mesh.agent("Ann"))).toEqual(["a", "b", "c", "d", "e"]);
      expect(await names(mesh.system)).toEqual(["a", "b", "c", "d", "e"]);
      const bot = mesh.agent("Bot");
      const beginning = (await bot.topics({ prefix: "d" })).topics;
      expect(beginning).toEqual([{ name: "d", subscribers: 0, items: 1 }]);
      const pages: string[][] = [];
      for (let page: string | undefined; ;) {
        const listing = await bot.topics({ limit: 2, page });
        pages.push(listing.topics.map(({ name }) => name));
        page = listing.nextPage;
        if (page === undefined) break;
      }
      expect(pages).toEqual([["a", "b"], ["d"]]);
    });

    it.each(CHECKS)("tells an agent that it %s", async (_, answer, asked) => {
      const mesh = world.mesh();
      const bot = await restrictBot(mesh);
      expect(await bot.can(asked)).toBe(answer);
      expect(await mesh.agent("Ann").can(asked)).toBe(true);
      expect(await mesh.system.can(asked)).toBe(true);
      await mesh.setPermissions("Bot", null);
      expect(await bot.can(asked)).toBe(true);
    });

    it("tells an agent what it may as pushing and subscribing would", async () => {
      const mesh = world.mesh();
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
      ["nothing", {}],
      ["no topic", { post: [] }],
      ["what denies", { global: false }],
      ["what is not given", undefined],
      ["what there is not", { read: ["open"] }],
      ["a text for topics", { post: "open" }],
      ["a topic without a name", { subscribe: [""] }],
    ])("refuses to say whether an agent may do %s", async (_, asked) => {
      const bot = world.mesh().agent("Bot");
      const error = await rejects(bot.can(asked as PermissionsInput), "INVALID_ARGUMENTS");
      expect(error.code).toBe("INVALID_ARGUMENTS");
    });

    it("lists agents that have permissions or a subscription, with both", async () => {
      const mesh = world.mesh();
      expect(await mesh.agents()).toEqual({ agents: [], corrupt: [], nextPage: undefined });
      await mesh.agent("Cid").push("item", 1, { topics: ["a"], subscribers: ["Dov"] });
      await mesh.agent("Bea").subscribe(["b", "a"]);
      await mesh.setPermissions("Ann", { post: ["b", "a"], direct: true });
      await mesh.setPermissions("Bot", { subscribe: ["c", "b"] });
      await mesh.agent("Bot").subscribe(["c"]);
      const permissions = { post: [], subscribe: [], global: false, direct: false };
      const listed = [
        { name: "Ann", subscriptions: [], permissions: await mesh.permissions("Ann") },
        { name: "Bea", subscriptions: ["a", "b"], permissions: null },
        {
          name: "Bot",
          subscriptions: ["c"],
          permissions: { ...permissions, subscribe: ["c", "b"] },
        },
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
      await mesh.agent("Bea").unsubscribe(["b"]);
      expect((await mesh.agents()).agents).toEqual([
        { name: "Bot", subscriptions: ["c"], permissions: null },
      ]);
    });

    it("lists agents by code point, in pages without gap or double, also by a prefix", async () => {
      const mesh = world.mesh();
      const names = [
        "B",
        "a",
        "a\u0001",
        "a 1",
        "a/1",
        "a1",
        "b",
        "\uFFFF",
        "\u{1F98A}",
        "\u{1F98A}2",
      ];
      for (const [i, name] of names.toReversed().entries()) {
        if (i % 2 === 0) await mesh.agent(name).subscribe(["t", "u"]);
        else await mesh.setPermissions(name, {});
      }
      for (const prefix of ["", "a", "a\u0001", "\u{1F98A}", "\uFFFF", "none"]) {
        const expected = names.filter((name) => name.startsWith(prefix));
        for (let limit = 1; limit <= names.length + 1; limit++) {
          const given: string[] = [];
          for (let page: Page | undefined; ;) {
            const listing = await mesh.agents({ prefix, limit, page });
            expect(listing.agents.length).toBe(Math.min(limit, expected.length - given.length));
            given.push(...listing.agents.map(({ name }) => name));
            page = listing.nextPage;
            if (page === undefined) break;
          }
          expect([prefix, limit, given]).toEqual([prefix, limit, expected]);
        }
      }
      const { nextPage } = await mesh.agents({ limit: 1 });
      const late = await mesh.agents({ prefix: "b", page: nextPage });
      expect(late.agents.map(({ name }) => name)).toEqual(["b"]);
    });

    it.each<[AgentFilter, ErrorCode]>([
      [{ limit: 0 }, "INVALID_ARGUMENTS"],
      [{ limit: 1_001 }, "INVALID_ARGUMENTS"],
      [{ prefix: "\0" }, "INVALID_TEXT"],
      [{ page: "2" }, "INVALID_CURSOR"],
    ])("refuses to list agents by %j", async (filter, code) => {
      const error = await rejects(world.mesh().agents(filter), code);
      expect(error.code).toBe(code);
    });

    it("takes no position in the log for clearing what is not set", async () => {
      const mesh = world.mesh();
      await mesh.setPermissions("Bot", null);
      expect(await readLog(world.storage, mesh.tenantId)).toEqual([]);
    });
  });
}
