import * as fc from "fast-check";
import { expect, it } from "vitest";
import { type AgentContext, isSynthaError } from "@syntha/core";
import { rejects, rule, tenantSnapshot, times } from "../harness/index.ts";
import { runParameters } from "../harness/run-parameters.ts";

type Revisions = Readonly<Record<string, number>>;

/** Every write that takes a read set; `task` is claimed, `mine` is owned. */
const WRITES: Readonly<
  Record<string, (agent: AgentContext, ifRevisions: Revisions) => Promise<unknown>>
> = {
  push: (agent, ifRevisions) => agent.push("new", 1, { global: true, ifRevisions }),
  pushMany: (agent, ifRevisions) =>
    agent.pushMany([{ key: "new", value: 1, global: true }], { ifRevisions }),
  update: (agent, ifRevisions) => agent.update("mine", () => 2, { ifRevisions }),
  publish: (agent, ifRevisions) => agent.publish("happened", 1, { global: true, ifRevisions }),
  merge: (agent, ifRevisions) => agent.merge("mine", { step: 2 }, { ifRevisions }),
  append: (agent, ifRevisions) => agent.append("list", 2, { global: true, ifRevisions }),
  increment: (agent, ifRevisions) => agent.increment("mine", 1, { ifRevisions }),
  delete: (agent, ifRevisions) => agent.delete("mine", { ifRevisions }),
  deleteMany: (agent, ifRevisions) => agent.deleteMany(["mine", "none"], { ifRevisions }),
  complete: async (agent, ifRevisions) =>
    (await agent.claim({ key: "task" }))?.complete("done", { ifRevisions }),
};

/** One agent of several of which one must stay on duty. It reads all of them, then leaves if another stays. */
class OnDuty {
  readonly #agent: AgentContext;
  readonly #all: readonly string[];
  readonly #usesReadSet: boolean;
  #read: { readonly revisions: Revisions; readonly mayLeave: boolean } | undefined;

  constructor(agent: AgentContext, all: readonly string[], usesReadSet: boolean) {
    this.#agent = agent;
    this.#all = all;
    this.#usesReadSet = usesReadSet;
  }

  /** Reads, or writes by what it read. */
  async step(): Promise<void> {
    if (this.#read === undefined) {
      const items = await this.#agent.getItems<string>(this.#all);
      const onDuty = items.filter(({ value }) => value === "on").map(({ key }) => key);
      const mayLeave = onDuty.length > 1 && onDuty.includes(this.#agent.name);
      const revisions = Object.fromEntries(items.map(({ key, revision }) => [key, revision]));
      this.#read = { revisions, mayLeave };
      return;
    }
    const { revisions, mayLeave } = this.#read;
    this.#read = undefined;
    if (!mayLeave) return;
    const options = this.#usesReadSet ? { ifRevisions: revisions } : {};
    await this.#agent.push(this.#agent.name, "off", options).catch((error: unknown) => {
      if (!isSynthaError(error, "CONFLICT")) throw error;
    });
  }
}

export const readSets = rule("R17 Read sets", {
  core(world) {
    it.each<[string, unknown]>([
      ["a list", ["plan"]],
      ["a number", 7],
      ["null", null],
      ["no keys", {}],
      ["65 keys", Object.fromEntries(times(65, (n) => [`key ${n}`, 0]))],
      ["an undefined revision", { plan: undefined }],
      ["a revision that is a string", { plan: "7" }],
      ["a negative revision", { plan: -1 }],
      ["an empty key", { "": 1 }],
    ])("rejects %s and changes nothing", async (_, ifRevisions) => {
      const { ann, tenantId } = world.team();
      await ann.push("mine", 1, { global: true });
      for (const [way, write] of Object.entries(WRITES)) {
        if (way === "complete") continue;
        const before = await tenantSnapshot(world.storage, tenantId);
        await rejects(() => write(ann, ifRevisions as Revisions), "INVALID_ARGUMENTS");
        expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
      }
    });

    it("has no place in one push of a batch", async () => {
      const { ann } = world.team();
      const one = { key: "it", value: 1, global: true, ifRevisions: { it: 0 } };
      const { details } = await rejects(ann.pushMany([one]), "INVALID_ARGUMENTS");
      expect(details).toEqual({ path: "pushes[0].ifRevisions" });
    });

    it("reports a taken key or event id first", async () => {
      const { ann, bea } = world.team();
      await bea.push("taken", 1, { subscribers: ["Bea"] });
      await bea.publish("happened", 1, { subscribers: ["Bea"], id: "taken" });
      const ifRevisions = { other: 3 };
      await rejects(ann.push("taken", 1, { global: true, ifRevisions }), "KEY_TAKEN");
      const event = { global: true, id: "taken", ifRevisions };
      const { details } = await rejects(ann.publish("happened", 1, event), "KEY_TAKEN");
      expect(details).toEqual({ key: "taken" });
    });
  },
  storage(world) {
    it.each(Object.keys(WRITES))("%s commits only at the revisions that were read", async (way) => {
      const { ann, bea, tenantId } = world.team();
      await ann.push("mine", 1, { global: true });
      await ann.push("task", 1, { global: true });
      const plan = await bea.push("plan", 1, { global: true });
      const budget = await bea.push("budget", 1, { global: true });
      const late = await bea.push("plan", 2);
      const stale = { absent: 0, plan: plan.revision, budget: budget.revision, gone: 5 };
      const before = await tenantSnapshot(world.storage, tenantId);
      const error = await rejects(() => WRITES[way]!(ann, stale), "CONFLICT");
      const first = { key: "plan", revision: late.revision };
      const conflicts = [first, { key: "gone", revision: 0 }];
      expect(error.details).toEqual({ ...first, conflicts });
      const after = await tenantSnapshot(world.storage, tenantId);
      expect(after.log.slice(before.log.length).map(({ change }) => change.type)).toEqual(
        way === "complete" ? ["lease"] : [],
      );
      world.clock.advance("1m");
      await WRITES[way]!(ann, { absent: 0, plan: late.revision, budget: budget.revision });
    });

    it("answers the same for an unseen, an expired and a missing item", async () => {
      const { ann, bea } = world.team();
      await bea.push("unseen", 1, { subscribers: ["Bea"] });
      await bea.push("expired", 1, { global: true, ttl: 5 });
      world.clock.advance(5);
      const keys = ["unseen", "expired", "missing"];
      const none = Object.fromEntries(keys.map((key) => [key, 0]));
      await ann.push("it", 1, { global: true, ifRevisions: none });
      const guess = Object.fromEntries(keys.map((key) => [key, 1]));
      const error = await rejects(ann.push("it", 2, { ifRevisions: guess }), "CONFLICT");
      expect(error.details.conflicts).toEqual(keys.map((key) => ({ key, revision: 0 })));
      expect(error.message).not.toContain("revision ");
    });

    it("prevents write skew in any order of reads and writes", async () => {
      const names = ["Ann", "Bea", "Cid"];
      const staffAfter = async (
        order: readonly number[],
        usesReadSet: boolean,
      ): Promise<number> => {
        const mesh = world.mesh();
        await mesh.system.pushMany(names.map((key) => ({ key, value: "on", global: true })));
        const agents = names.map((name) => new OnDuty(mesh.agent(name), names, usesReadSet));
        for (const index of order) await agents[index]?.step();
        return Object.values(await mesh.system.getAll()).filter((value) => value === "on").length;
      };
      expect(await staffAfter([0, 1, 2, 0, 1, 2], false)).toBe(0);
      const order = fc.array(fc.nat(names.length - 1), { minLength: 6, maxLength: 16 });
      await fc.assert(
        fc.asyncProperty(order, async (steps) => (await staffAfter(steps, true)) >= 1),
        { ...runParameters(10), examples: [[[0, 1, 2, 0, 1, 2]]] },
      );
    });

    it("prevents write skew between concurrent processes", async () => {
      const meshes = await world.meshes({}, 2);
      const names = times(4, (n) => `Agent ${n}`);
      await meshes[0].system.pushMany(names.map((key) => ({ key, value: "on", global: true })));
      const agents = names.map((name, n) => {
        const mesh = meshes[n % meshes.length]!;
        return new OnDuty(mesh.agent(name), names, true);
      });
      // Each commit of a round lets another agent's read set fail, at most.
      for (let round = 0; round < 2 * names.length; round++)
        await Promise.all(agents.map((agent) => agent.step()));
      const staff = Object.values(await meshes[0].system.getAll());
      expect(staff.filter((value) => value === "on")).toHaveLength(1);
    });
  },
});
