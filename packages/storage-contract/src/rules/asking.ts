import { expect, it } from "vitest";
import type { AgentContext, AskOptions, ContextMesh, Lease, WorkHandler } from "@syntha/core";
import { interruptibleStorage, rejects, rule, waitFor } from "../harness/index.ts";

/** Runs an agent on its inbox while `call` runs. */
async function whileWorking<R>(
  agent: AgentContext,
  handler: WorkHandler<never>,
  call: () => Promise<R>,
): Promise<R> {
  const stop = new AbortController();
  const options = { signal: stop.signal, maxAttempts: 1, retryIn: 0 };
  const working = agent.work({ inbox: true }, handler, options);
  try {
    return await call();
  } finally {
    stop.abort();
    await working;
  }
}

export const asking = rule("Asking", {
  core(world) {
    it("pushes a task with the key and the priority of its options", async () => {
      const { ann, bea, system } = world.team();
      const caller = new AbortController();
      const options: AskOptions = { key: "question", priority: 7, signal: caller.signal };
      const asking = rejects(ann.ask("Bea", 1, options), "ABORTED");
      await waitFor("the task is there", async () => (await bea.keys()).length > 0);
      expect(await bea.getItem("question")).toMatchObject({
        value: 1,
        subscribers: ["Bea"],
        owner: "Ann",
        priority: 7,
      });
      caller.abort();
      await asking;
      expect(await system.keys()).toEqual([]);
    });

    it.each<[string, AskOptions, string]>([
      ["an unknown option", { timeuot: "1m" } as AskOptions, "timeout"],
      ["no time", { timeout: 0 }, "timeout"],
      ["a priority above 10", { priority: 11 }, "priority"],
    ])("rejects %s, and pushes nothing", async (_, options, named) => {
      const { ann, system } = world.team();
      const { message, hint } = await rejects(ann.ask("Bea", 1, options), "INVALID_ARGUMENTS");
      expect(message + hint).toContain(named);
      await rejects(ann.ask("Bea", 1, { signal: AbortSignal.abort() }), "ABORTED");
      await rejects(ann.ask("system", 1), "INVALID_ARGUMENTS");
      await rejects(ann.ask("Bea", undefined), "INVALID_VALUE");
      expect(await system.keys()).toEqual([]);
    });

    it("follows the asker's permissions", async () => {
      const { mesh, ann } = world.team();
      await mesh.setPermissions("Ann", { post: ["x"] });
      await rejects(ann.ask("Bea", 1), "FORBIDDEN");
    });

    it.each<[string, (bea: AgentContext, lease: Lease) => Promise<unknown>]>([
      ["was handed off", (_, lease) => lease.handOff(2, { subscribers: ["Cid"] })],
      ["has another value", (bea) => bea.push("task", 2)],
    ])("withdraws a task that %s", async (_, change) => {
      const { ann, bea, system } = world.team();
      const asking = rejects(ann.ask("Bea", 1, { key: "task", timeout: 100 }), "TIMEOUT");
      await waitFor("the task is there", async () => (await bea.get("task")) !== undefined);
      await change(bea, (await bea.claim({ inbox: true }))!);
      await asking;
      expect(await system.keys()).toEqual([]);
    });

    it("leaves an item that another agent has put in place of the task", async () => {
      const { ann, bea, system } = world.team();
      const asking = rejects(ann.ask("Bea", 1, { key: "task", timeout: 100 }), "TASK_FAILED");
      await waitFor("the task is there", async () => (await bea.get("task")) !== undefined);
      const isDeleted = system.delete("task");
      await bea.push("task", "hers", { global: true });
      expect(await isDeleted).toBe(true);
      await asking;
      expect(await bea.get("task")).toBe("hers");
    });

    it.each<[string, (mesh: ContextMesh, lease: Lease) => Promise<unknown>]>([
      ["the system deletes", (mesh) => mesh.system.delete("task")],
      ["is cleared with everything", (mesh) => mesh.clear()],
      ["has a result for others only", (_, lease) => lease.complete(2, { topics: ["else"] })],
    ])("rejects for a task that %s", async (_, remove) => {
      const { mesh, ann, bea } = world.team();
      const asking = rejects(ann.ask("Bea", 1, { key: "task" }), "TASK_FAILED");
      await waitFor("the task is there", async () => (await bea.get("task")) !== undefined);
      await remove(mesh, (await bea.claim({ inbox: true }))!);
      expect((await asking).details).toMatchObject({ key: "task", agent: "Bea" });
    });

    it("leaves nothing when it is aborted as the result comes", async () => {
      const { ann, bea, system } = world.team();
      const caller = new AbortController();
      const asking = rejects(ann.ask("Bea", 1, { key: "task", signal: caller.signal }), "ABORTED");
      await waitFor("the task is there", async () => (await bea.get("task")) !== undefined);
      const completing = (await bea.claim({ inbox: true }))!.complete(2);
      caller.abort();
      await Promise.all([completing, asking]);
      expect(await system.keys()).toEqual([]);
    });

    it("withdraws the task when the mesh of the asker closes", async () => {
      const { mesh, ann } = world.team();
      const other = world.mesh({ tenantId: mesh.tenantId });
      const asking = rejects(ann.ask("Bea", 1, { key: "task" }), "CLOSED");
      await waitFor("the task is there", async () => (await other.system.keys()).length > 0);
      await mesh.close();
      await asking;
      expect(await other.system.keys()).toEqual([]);
    });

    it("does not take an outage at its timeout for an answer", async () => {
      const link = interruptibleStorage(world.storage);
      const mesh = world.mesh({}, link.storage);
      const other = world.mesh({ tenantId: mesh.tenantId });
      const asking = rejects(mesh.agent("Ann").ask("Bea", 1, { timeout: 100 }), "UNAVAILABLE");
      await waitFor("the task is there", async () => (await other.system.keys()).length > 0);
      link.interrupt();
      await asking;
      link.restore();
    });

    it("guesses which agent a caller meant when none answers", async () => {
      const { ann, bea } = world.team();
      await bea.announce({});
      const { hint } = await rejects(ann.ask("Beaa", 1, { timeout: 5 }), "TIMEOUT");
      expect(hint).toContain('"Bea"');
    });
  },

  storage(world) {
    it("resolves with the result of the agent that was asked, and leaves nothing", async () => {
      const { ann, bea, system } = world.team();
      const answers = await whileWorking(
        bea,
        ({ value }: { value: number }) => value * 2,
        () => Promise.all([1, 2, 3].map((n) => ann.ask<number>("Bea", n, { timeout: "1m" }))),
      );
      expect(answers).toEqual([2, 4, 6]);
      expect(await system.keys()).toEqual([]);
    });

    it("resolves with undefined for a task that was completed without a result", async () => {
      const { ann, bea } = world.team();
      const answer = await whileWorking(
        bea,
        () => undefined,
        () => ann.ask("Bea", 1),
      );
      expect(answer).toBeUndefined();
    });

    it("rejects with the reason of a task that failed", async () => {
      const { ann, bea, system } = world.team();
      const fail = (): never => {
        throw new Error("The draft is empty.");
      };
      const failed = await whileWorking(bea, fail, () =>
        rejects(ann.ask("Bea", "", { key: "review" }), "TASK_FAILED"),
      );
      const reason = "The draft is empty.";
      expect(failed.details).toEqual({ key: "review", agent: "Bea", reason, attempts: 1 });
      expect(failed.message).toContain(reason);
      expect(await system.keys()).toEqual([]);
    });

    it("withdraws the task when the time is over", async () => {
      const { ann, system } = world.team();
      await rejects(ann.ask("Bea", 1, { timeout: 5 }), "TIMEOUT");
      expect(await system.keys()).toEqual([]);
    });

    it("withdraws a task that was handed off", async () => {
      const { ann, bea, system } = world.team();
      const caller = new AbortController();
      const asking = rejects(ann.ask("Bea", 1, { key: "task", signal: caller.signal }), "ABORTED");
      await waitFor("the task is there", async () => (await bea.get("task")) !== undefined);
      await (await bea.claim({ inbox: true }))?.handOff(2, { subscribers: ["Cem"] });
      caller.abort();
      await asking;
      expect(await system.keys()).toEqual([]);
    });

    it("withdraws the task from the one that works on it", async () => {
      const { ann, bea, system } = world.team();
      const caller = new AbortController();
      const asking = rejects(ann.ask("Bea", 1, { key: "task", signal: caller.signal }), "ABORTED");
      await waitFor("the task is there", async () => (await bea.get("task")) !== undefined);
      const lease = await bea.claim({ inbox: true });
      caller.abort();
      await asking;
      await rejects(lease!.complete(2), "STALE_TOKEN");
      expect(await system.keys()).toEqual([]);
    });

    it("is answered by another process", async () => {
      const [here, ...others] = await world.meshes();
      const there = others[0] ?? here;
      const answer = await whileWorking(
        there.agent("Bea"),
        ({ value }: { value: string }) => `${value}!`,
        () => here.agent("Ann").ask("Bea", "Hello", { timeout: "1m" }),
      );
      expect(answer).toBe("Hello!");
    });
  },
});
