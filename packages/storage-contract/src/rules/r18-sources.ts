import { expect, it } from "vitest";
import type { AgentContext, ClaimSource } from "@syntha/core";
import { rejects, rule, times, type World } from "../harness/index.ts";

/** The keys of all claims from a source, in order. */
export async function claimedKeys(agent: AgentContext, from: ClaimSource): Promise<string[]> {
  const keys: string[] = [];
  for (;;) {
    const lease = await agent.claim(from);
    if (lease === undefined) return keys;
    keys.push(lease.key);
  }
}

/** One item on each of two topics and one in Worker's inbox; the oldest is on `u`. */
async function seedSources(world: World): Promise<{ ann: AgentContext; worker: AgentContext }> {
  const { ann, worker } = world.team();
  await worker.subscribe(["t", "u"]);
  for (const [key, route] of [
    ["on u", { topics: ["u"] }],
    ["mine", { subscribers: ["Worker"] }],
    ["on t", { topics: ["t"] }],
    ["hers", { subscribers: ["Bea"] }],
  ] as const) {
    await ann.push(key, 1, route);
    world.clock.advance(1);
  }
  return { ann, worker };
}

export const sources = rule("R18 Sources of claims", {
  core(world) {
    it.each<[string, object]>([
      ["nothing", {}],
      ["a topic and topics", { topic: "t", topics: ["t"] }],
      ["a topic and the inbox", { topic: "t", inbox: true }],
      ["a key and topics", { key: "k", topics: ["t"] }],
      ["a key and the inbox", { key: "k", inbox: true }],
      ["no topics", { topics: [] }],
      ["65 topics", { topics: times(65, (n) => `topic ${n}`) }],
      ["no inbox", { inbox: false }],
      ["an inbox that is not a flag", { inbox: "Worker" }],
    ])("rejects %s", async (_, from) => {
      const { worker } = world.team();
      const error = await rejects(worker.claim(from as ClaimSource), "INVALID_ARGUMENTS");
      expect(error.retryable).toBe(false);
    });

    it("names all topics that the agent is not subscribed to", async () => {
      const { worker } = world.team();
      await worker.subscribe(["t"]);
      const { details } = await rejects(
        worker.claim({ topics: ["u", "t", "v"], inbox: true }),
        "FORBIDDEN",
      );
      expect(details).toEqual({ topics: ["u", "v"] });
    });

    it("has no inbox of the system", async () => {
      const { system } = world.team();
      const { details } = await rejects(system.claim({ inbox: true }), "INVALID_ARGUMENTS");
      expect(details.path).toBe("from.inbox");
      await rejects(() => system.work({ inbox: true }, () => 1), "INVALID_ARGUMENTS");
    });
  },
  storage(world) {
    it.each<[string, ClaimSource, string[]]>([
      ["a topic", { topic: "t" }, ["on t"]],
      ["topics, the oldest first", { topics: ["t", "u"] }, ["on u", "on t"]],
      ["the inbox", { inbox: true }, ["mine"]],
      ["topics and the inbox", { topics: ["t", "u"], inbox: true }, ["on u", "mine", "on t"]],
      ["a topic named twice", { topics: ["t", "t"] }, ["on t"]],
    ])("claims from %s", async (_, from, expected) => {
      const { worker } = await seedSources(world);
      expect(await claimedKeys(worker, from)).toEqual(expected);
    });

    it("claims an item of several sources once", async () => {
      const { ann, worker } = world.team();
      await worker.subscribe(["t", "u"]);
      await ann.push("it", 1, { topics: ["t", "u"], subscribers: ["Worker"] });
      expect(await claimedKeys(worker, { topics: ["t", "u"], inbox: true })).toEqual(["it"]);
      expect(await worker.claim({ inbox: true })).toBeUndefined();
    });

    it("follows the route of an item", async () => {
      const { ann, bea, worker } = world.team();
      await ann.push("it", 1, { subscribers: ["Worker"] });
      await ann.push("it", 1, { subscribers: ["Bea"] });
      expect(await worker.claim({ inbox: true })).toBeUndefined();
      expect((await bea.claim({ inbox: true }))?.key).toBe("it");
    });

    it("takes items of an inbox to the agent that works on it", async () => {
      const { ann, worker } = await seedSources(world);
      const end = new AbortController();
      const handled: string[] = [];
      await worker.work(
        { topics: ["t", "u"], inbox: true },
        ({ key }) => {
          handled.push(key);
          if (handled.length === 3) end.abort();
          return "done";
        },
        { signal: end.signal },
      );
      expect(handled).toEqual(["on u", "mine", "on t"]);
      expect((await ann.getItem("mine"))?.state).toBe("done");
    });

    it("grants each of many concurrent claims of several sources another item", async () => {
      const meshes = await world.meshes({}, 2);
      const ann = meshes[0].agent("Ann");
      await meshes[0].agent("Worker").subscribe(["t", "u"]);
      const routes = [{ topics: ["t"] }, { topics: ["t", "u"] }, { subscribers: ["Worker"] }];
      await ann.pushMany(times(18, (n) => ({ key: `${n}`, value: n, ...routes[n % 3] })));
      const leases = await Promise.all(
        times(24, (n) =>
          meshes[n % meshes.length]!.agent("Worker").claim({
            topics: n % 2 === 0 ? ["t", "u"] : ["u"],
            inbox: n % 2 === 1,
          }),
        ),
      );
      const keys = leases.flatMap((lease) => lease?.key ?? []);
      expect(new Set(keys).size).toBe(keys.length);
      expect(
        new Set([
          ...keys,
          ...(await claimedKeys(meshes[0].agent("Worker"), { topics: ["t", "u"], inbox: true })),
        ]).size,
      ).toBe(18);
    });
  },
});
