import { expect, it, vi } from "vitest";
import type { AgentContext, Announcement, ContextMesh } from "@syntha/core";
import { Feed, readLog, rejects, rule, times } from "../harness/index.ts";

const namesOf = async (mesh: ContextMesh): Promise<string[]> =>
  (await mesh.agents()).agents.map(({ name }) => name);

export const agents = rule("R19 Agents", {
  core(world) {
    it.each<[string, Announcement, string]>([
      ["33 capabilities", { capabilities: times(33, (n) => `c${n}`) }, "INVALID_ARGUMENTS"],
      ["a capability without a name", { capabilities: [""] }, "INVALID_ARGUMENTS"],
      ["an empty description", { description: "" }, "INVALID_ARGUMENTS"],
      ["a description of 1,001 bytes", { description: "é".repeat(500) + "x" }, "TOO_LARGE"],
      ["an unknown part", { capability: ["x"] } as Announcement, "INVALID_ARGUMENTS"],
    ])("refuses an announcement with %s", async (_, announcement, code) => {
      const { mesh, ann } = world.team();
      await rejects(ann.announce(announcement), code as "TOO_LARGE");
      expect(await namesOf(mesh)).toEqual([]);
    });

    it("refuses an announcement of the system", async () => {
      const { system } = world.team();
      await rejects(system.announce({ description: "All" }), "INVALID_ARGUMENTS");
    });

    it("names the nearest known agent for each unknown subscriber", async () => {
      const { ann, bea } = world.team();
      await bea.announce({});
      const { unknownSubscribers } = await ann.push("it", 1, {
        subscribers: ["Beaa", "Xyz", "Bea"],
      });
      expect(unknownSubscribers).toEqual([
        { name: "Beaa", nearest: "Bea" },
        { name: "Xyz", nearest: undefined },
      ]);
    });

    it("reads the known names once for a batch", async () => {
      const { ann, bea } = world.team();
      await bea.announce({});
      const agents = vi.spyOn(world.storage, "agents");
      const pushed = await ann.pushMany(
        times(5, (n) => ({ key: `it ${n}`, value: n, subscribers: ["Beaa"] })),
      );
      expect(agents).toHaveBeenCalledTimes(1);
      agents.mockRestore();
      expect(pushed.map(({ unknownSubscribers }) => unknownSubscribers)).toEqual(
        times(5, () => [{ name: "Beaa", nearest: "Bea" }]),
      );
    });

    it("refuses unknown subscribers when recipients are strict, and writes nothing", async () => {
      const { mesh, ann, bea, worker } = world.team({ strictRecipients: true });
      await bea.announce({ capabilities: ["review"] });
      const route = { subscribers: ["Beaa"] };
      const calls: (() => Promise<unknown>)[] = [
        () => ann.push("it", 1, route),
        () => ann.pushMany([{ key: "it", value: 1, ...route }]),
        () => ann.update("it", () => 1, route),
        () => ann.publish("happened", 1, route),
      ];
      for (const call of calls) {
        const error = await rejects(call, "UNKNOWN_AGENT");
        expect(error.details).toEqual({ agents: ["Beaa"] });
        expect(error.hint).toContain('"Bea"');
      }
      expect(await namesOf(mesh)).toEqual(["Bea"]);
      await worker.push("task", 1, { subscribers: ["Bea", "Worker"] });
      const lease = (await worker.claim({ key: "task" }))!;
      await rejects(lease.complete(2, route), "UNKNOWN_AGENT");
      await rejects(lease.handOff(2, route), "UNKNOWN_AGENT");
      expect(await lease.complete(2)).toMatchObject({ unknownSubscribers: [] });
    });

    it("checks no name of a route that is restored", async () => {
      const { mesh, ann } = world.team();
      const { revision } = await ann.push("it", 1, { subscribers: ["Ghost"] });
      await ann.delete("it");
      const strict = world.mesh({ tenantId: mesh.tenantId, strictRecipients: true });
      await strict.system.restore("it", revision);
      expect((await mesh.system.getItem("it"))?.subscribers).toEqual(["Ghost"]);
    });
  },

  storage(world) {
    it.each<[string, (ann: AgentContext, mesh: ContextMesh) => Promise<unknown>]>([
      ["announces itself", (ann) => ann.announce({})],
      ["pushes", (ann) => ann.push("it", 1, { global: true })],
      ["publishes", (ann) => ann.publish("happened", 1, { global: true })],
      ["subscribes", (ann) => ann.subscribe(["x"])],
      ["claims", (ann) => ann.claim({ key: "task" })],
      ["is given permissions", (_, mesh) => mesh.setPermissions("Ann", {})],
    ])("knows an agent once it %s", async (_, act) => {
      const { mesh, ann, system } = world.team();
      await system.push("task", 1, { subscribers: ["Bea"], global: false, topics: ["work"] });
      await system.push("task", 1, { global: true });
      expect(await namesOf(mesh)).toEqual([]);
      await ann.get("task");
      await ann.claim({ key: "missing" });
      expect(await namesOf(mesh)).toEqual([]);
      await act(ann, mesh);
      expect(await namesOf(mesh)).toEqual(["Ann"]);
    });

    it("stores the card of an agent, and logs only a new one", async () => {
      const { mesh, ann, bea, system, tenantId } = world.team();
      const card = { description: "Reviews drafts.", capabilities: ["review", "fact-check"] };
      const feed = new Feed(system.watch());
      expect(await ann.announce(card)).toBe(true);
      expect(await ann.announce(card)).toBe(false);
      const [profile] = (await bea.agents()).agents;
      expect(profile).toEqual({
        name: "Ann",
        ...card,
        subscriptions: [],
        firstSeen: new Date(world.clock()),
        lastSeen: new Date(world.clock()),
        leases: 0,
      });
      profile!.capabilities satisfies readonly string[];
      expect(await readLog(world.storage, tenantId)).toMatchObject([
        { actor: "Ann", change: { type: "announce", agent: "Ann", card } },
      ]);
      expect(await ann.announce({})).toBe(true);
      expect((await mesh.agents()).agents).toMatchObject([
        { description: undefined, capabilities: [] },
      ]);
      expect(await feed.drain(mesh)).toEqual([]);
    });

    it("notes when an agent last acted, within 30 seconds", async () => {
      const { mesh, ann } = world.team();
      const first = new Date(world.clock());
      const seen = async (): Promise<(Date | undefined)[]> => {
        const [agent] = (await mesh.agents()).agents;
        return [agent?.firstSeen, agent?.lastSeen];
      };
      await mesh.setPermissions("Ann", null);
      await ann.push("it", 1, { global: true });
      world.clock.advance("29s");
      await ann.push("it", 2);
      expect(await seen()).toEqual([first, first]);
      world.clock.advance("1s");
      await ann.push("it", 3);
      const later = new Date(world.clock());
      expect(await seen()).toEqual([first, later]);
      world.clock.advance("1h");
      await mesh.setPermissions("Ann", { global: true });
      expect(await seen()).toEqual([first, later]);
    });

    it("counts the leases that an agent holds", async () => {
      const { mesh, worker } = world.team();
      const held = async (): Promise<number | undefined> =>
        (await mesh.agents({ prefix: "Worker" })).agents[0]?.leases;
      await worker.subscribe(["work"]);
      await worker.pushMany(times(3, (n) => ({ key: `t${n}`, value: n, topics: ["work"] })));
      expect(await held()).toBe(0);
      const first = (await worker.claim({ topic: "work" }, { lease: "10s" }))!;
      const second = (await worker.claim({ topic: "work" }, { lease: "30s" }))!;
      await worker.claim({ topic: "work" }, { lease: "1m" });
      expect(await held()).toBe(3);
      await first.extend("1m");
      await second.complete("done");
      expect(await held()).toBe(2);
      world.clock.advance("1m");
      expect(await held()).toBe(0);
    });

    it("reports unknown subscribers of every call that names them", async () => {
      const { ann, bea, worker } = world.team();
      await bea.announce({});
      const reported = async (call: Promise<{ unknownSubscribers: readonly { name: string }[] }>) =>
        (await call).unknownSubscribers.map(({ name }) => name);
      const route = { subscribers: ["Bea", "Cid", "Ann"] };
      expect(await reported(ann.push("it", 1, route))).toEqual(["Cid"]);
      // The route is kept, not named.
      expect(await reported(ann.push("it", 2))).toEqual([]);
      expect(await reported(ann.publish("happened", 1, route))).toEqual(["Cid"]);
      await ann.push("task", 1, { subscribers: ["Worker"] });
      const lease = (await worker.claim({ key: "task" }))!;
      expect(await reported(lease.handOff(2, { subscribers: ["Dov", "Worker"] }))).toEqual(["Dov"]);
      const next = (await worker.claim({ key: "task" }))!;
      expect(await reported(next.complete(3, { subscribers: ["Eve"] }))).toEqual(["Eve"]);
    });

    it("shows an agent only the topics that it may use", async () => {
      const { mesh, ann, bea } = world.team();
      await bea.subscribe(["open", "secret"]);
      await mesh.setPermissions("Ann", { post: ["open"] });
      const [, seen] = (await ann.agents()).agents;
      expect(seen).toMatchObject({ name: "Bea", subscriptions: ["open"] });
      expect(seen).not.toHaveProperty("permissions");
      expect((await ann.agents({ prefix: "B", limit: 1 })).agents).toHaveLength(1);
    });

    it("sees an agent of another process at once", async () => {
      const [here, ...others] = await world.meshes();
      const there = others[0] ?? here;
      await there.agent("Bea").announce({ capabilities: ["review"] });
      const { unknownSubscribers } = await here
        .agent("Ann")
        .push("it", 1, { subscribers: ["Bea"] });
      expect(unknownSubscribers).toEqual([]);
    });
  },
});
