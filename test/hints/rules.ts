import {
  type AgentContext,
  type AskOptions,
  ContextMesh,
  type LeaseHandle,
  type MemoryStorage,
  type MeshLimits,
} from "@syntha/core";
import { type HintCase, hintCases, first, names, type Scene } from "./hint-case.ts";

const held = async ({ ann }: Scene) => {
  await ann.push("task", 1, { topics: ["work"], subscribers: ["Bea"] });
  return (await ann.claim({ key: "task" }))!;
};

const limited = ({ storage }: Scene, limits: Partial<MeshLimits>): ContextMesh =>
  new ContextMesh({ storage, tenantId: "limited", limits, sweepEvery: false });

/** Runs a call as Ann in a mesh that refuses unknown recipients. */
async function strict(
  storage: MemoryStorage,
  call: (ann: AgentContext, mesh: ContextMesh) => Promise<unknown>,
): Promise<void> {
  const mesh = new ContextMesh({ storage, tenantId: "strict", strictRecipients: true });
  try {
    await call(mesh.agent("Ann"), mesh);
  } finally {
    await mesh.close();
  }
}

/** Ann asks Bea, who fails empty drafts at once. */
async function asked({ ann, bea }: Scene, draft: string, options: AskOptions = {}): Promise<void> {
  const stop = new AbortController();
  const review = ({ value }: { value: string }): string => {
    if (value === "") throw new Error("The draft is empty.");
    return "good";
  };
  const working = bea.work({ inbox: true }, review, { signal: stop.signal, maxAttempts: 1 });
  await ann.ask("Bea", draft, options).finally(() => stop.abort());
  await working;
}

/** Calls that the rules of writing refuse. */
export const RULES: readonly HintCase[] = [
  ...hintCases("INVALID_VALUE", {
    'Read "plan", and change it with update, or push a list in its place.': [
      async ({ ann }) => {
        await ann.push("plan", "first this", { global: true });
        await ann.append("plan", "then that");
      },
      async ({ ann }) => {
        const first = await ann.get<string>("plan");
        await ann.update("plan", () => [first]);
        await ann.append("plan", "then that");
      },
    ],
    "Whole numbers are exact from": [
      async ({ ann }) => {
        await ann.push("visits", Number.MAX_SAFE_INTEGER, { global: true });
        await ann.increment("visits");
      },
      ({ ann }) => ann.push("visits", `${BigInt(Number.MAX_SAFE_INTEGER) + 1n}`),
    ],
  }),
  ...hintCases("ROUTE_REQUIRED", {
    'Add topics: ["support"], subscribers: ["Manager"], or global: true for everyone.': [
      ({ ann }) => ann.push("it", 1),
      async ({ ann }) => {
        await ann.push("a", 1, { topics: ["support"] });
        await ann.push("b", 1, { subscribers: ["Manager"] });
        await ann.push("c", 1, { global: true });
      },
    ],
  }),
  ...hintCases("INVALID_ROUTE", {
    'Name who it is for: topics: ["support"], subscribers: ["Manager"], both, or global: true.': [
      ({ ann }) => ann.push("it", 1, { topics: [] }),
      ({ ann }) => ann.push("it", 1, { topics: ["support"], subscribers: ["Manager"] }),
    ],
  }),
  ...hintCases("KEY_TAKEN", {
    'Choose another key, such as "Bea/plan".': [
      async ({ ann, bea }) => {
        await ann.push("plan", 1, { subscribers: ["Cid"] });
        await bea.push("plan", 1, { global: true });
      },
      ({ bea }) => bea.push("Bea/plan", 1, { global: true }),
    ],
    'Choose another id, such as "Bea/e1", or leave it out for a random one.': [
      async ({ ann, bea }) => {
        await ann.publish("happened", 1, { subscribers: ["Cid"], id: "e1" });
        await bea.publish("happened", 1, { global: true, id: "e1" });
      },
      async ({ bea }) => {
        await bea.publish("happened", 1, { global: true, id: "Bea/e1" });
        await bea.publish("happened", 1, { global: true });
      },
    ],
  }),
  ...hintCases("NOT_OWNER", {
    "Ask its owner.": [
      async (scene) => {
        await (await held(scene)).release({ maxAttempts: 1 });
        await scene.bea.retry("task");
      },
      ({ ann }) => ann.retry("task"),
    ],
    "You may replace its value: push it without naming a route. Or ask its owner.": [
      async ({ ann, bea }) => {
        await ann.push("plan", 1, { global: true });
        await bea.push("plan", 2, { topics: ["news"] });
      },
      async ({ ann, bea }) => {
        await bea.push("plan", 2);
        await ann.push("plan", 2, { topics: ["news"] });
      },
    ],
  }),
  ...hintCases("CONFLICT", {
    "Read them again, decide again on what is there, and write with their new revisions.": [
      async ({ ann, bea }) => {
        const { revision } = await ann.push("budget", 5, { global: true });
        await bea.push("budget", 4);
        await ann.push("order", 5, { global: true, ifRevisions: { budget: revision } });
      },
      async ({ ann }) => {
        const budget = await ann.getItem<number>("budget");
        const ifRevisions = { budget: budget?.revision ?? 0 };
        await ann.push("order", budget?.value, { global: true, ifRevisions });
      },
    ],
    "It is done. Push it again to have it done again.": [
      async (scene) => {
        await (await held(scene)).complete("done");
        await scene.ann.retry("task");
      },
      async ({ ann }) => {
        await ann.push("task", 2);
        await (await ann.claim({ key: "task" }))!.complete("done");
      },
    ],
    "Nothing is left to do: it is open, and can be claimed when it is ready.": [
      async ({ ann }) => {
        await ann.push("task", 1, { global: true });
        await ann.retry("task");
      },
      async ({ ann }) => (await ann.claim({ key: "task" }))!.complete(),
    ],
    "Nothing is left to release: its lease has ended, or there was none.": [
      async (scene) => {
        await (await held(scene)).complete("done");
        await scene.mesh.system.release("task");
      },
      async ({ mesh }) => {
        const { leases } = await mesh.system.leases();
        if (leases.length > 0) throw new Error("Something was left to release.");
      },
    ],
    "Bea does not hold it now. Leave `agent` out to release it from any agent.": [
      async (scene) => {
        await held(scene);
        await scene.mesh.system.release("task", { agent: "Bea" });
      },
      ({ mesh }) => mesh.system.release("task"),
    ],
    "Push it with ifRevision: 0 to create it.": [
      ({ ann }) => ann.push("plan", 1, { global: true, ifRevision: 3 }),
      ({ ann }) => ann.push("plan", 1, { global: true, ifRevision: 0 }),
    ],
    'Read "plan" again, apply your change to what is there, and push it with ifRevision:': [
      async ({ ann }) => {
        await ann.push("plan", 1, { global: true });
        await ann.push("plan", 2, { ifRevision: 0 });
      },
      async ({ ann }, { details }) => {
        const value = await ann.get<number>("plan");
        await ann.push("plan", (value ?? 0) + 1, { ifRevision: details.revision });
      },
    ],
    "Nothing is left to do: it is deleted, or never was there.": [
      ({ ann }) => ann.delete("plan", { ifRevision: 3 }),
      async ({ ann }) => {
        if (await ann.delete("plan")) throw new Error("Something was left to do.");
      },
    ],
    'Read "plan" again, and if it may still go, delete it with ifRevision:': [
      async ({ ann }) => {
        await ann.push("plan", 1, { global: true });
        await ann.delete("plan", { ifRevision: 9 });
      },
      async ({ ann }, { details }) => {
        await ann.get("plan");
        await ann.delete("plan", { ifRevision: details.revision });
      },
    ],
  }),
  ...hintCases("FORBIDDEN", {
    "Write to the mesh itself.": [
      async ({ mesh, ann }) => {
        const { revision } = await ann.push("plan", 1, { global: true });
        await (await mesh.at(revision)).agent("Ann").push("plan", 2);
      },
      ({ ann }) => ann.push("plan", 2),
    ],
    "It may post to: open. To allow more, call mesh.setPermissions with all that it may do": [
      async ({ mesh, ann }) => {
        await ann.subscribe(["news"]);
        await mesh.setPermissions("Ann", { post: ["open"], subscribe: ["news"] });
        await ann.push("it", 1, { topics: ["closed"] });
      },
      async ({ mesh, ann }) => {
        const old = (await mesh.permissions("Ann"))!;
        await mesh.setPermissions("Ann", { ...old, post: [old.post, "closed"].flat() });
        await ann.push("it", 1, { topics: ["open", "closed"] });
        if (!(await ann.subscriptions()).includes("news")) throw new Error("A subscription ended.");
      },
    ],
    "It may subscribe to: open. To allow more, call mesh.setPermissions": [
      async ({ mesh, ann }) => {
        await mesh.setPermissions("Ann", { subscribe: ["open"] });
        await ann.subscribe(["closed"]);
      },
      async ({ mesh, ann }) => {
        const old = (await mesh.permissions("Ann"))!;
        await mesh.setPermissions("Ann", { ...old, subscribe: [old.subscribe, "closed"].flat() });
        await ann.subscribe(["open", "closed"]);
      },
    ],
    "To allow more, call mesh.setPermissions with all that it may do, old and new": [
      async ({ mesh, ann }) => {
        await mesh.setPermissions("Ann", { direct: true });
        await ann.push("it", 1, { global: true });
      },
      async ({ mesh, ann }) => {
        const old = (await mesh.permissions("Ann"))!;
        await mesh.setPermissions("Ann", { ...old, global: true });
        await ann.push("it", 1, { global: true });
        await ann.push("other", 1, { subscribers: ["Bea"] });
      },
    ],
    "It may subscribe to no topic. To allow more, call mesh.setPermissions": [
      async ({ mesh, ann }) => {
        await mesh.setPermissions("Ann", { global: true });
        await ann.subscribe(["news"]);
      },
      async ({ mesh, ann }) => {
        const old = (await mesh.permissions("Ann"))!;
        await mesh.setPermissions("Ann", { ...old, subscribe: ["news"] });
        await ann.subscribe(["news"]);
        await ann.push("it", 1, { global: true });
      },
    ],
    'Subscribe to "work" first.': [
      ({ ann }) => ann.claim({ topic: "work" }),
      async ({ ann }) => {
        await ann.subscribe(["work"]);
        await ann.claim({ topic: "work" });
      },
    ],
  }),
  ...hintCases("NOT_FOUND", {
    'mesh.system.history("plan") lists the values that can be restored.': [
      async ({ ann, mesh }) => {
        await ann.push("plan", 1, { global: true });
        await mesh.system.restore("plan", 99);
      },
      async ({ mesh }) => {
        const [first] = await mesh.system.history("plan");
        await mesh.system.restore("plan", first?.revision ?? 0);
      },
    ],
    "Push it first, or earlier in the same pushMany.": [
      ({ ann }) => ann.push("sum", 1, { global: true, dependsOn: ["part"] }),
      async ({ ann }) => {
        await ann.pushMany([
          { key: "part", value: 1, global: true },
          { key: "sum", value: 1, global: true, dependsOn: ["part"] },
        ]);
        await ann.push("all", 1, { global: true, dependsOn: ["part"] });
      },
    ],
    'list({ state: "failed" }) returns the tasks that can be retried.': [
      ({ ann }) => ann.retry("task"),
      async (scene) => {
        await (await held(scene)).release({ maxAttempts: 1 });
        for (const { key } of (await scene.ann.list({ state: "failed" })).items)
          await scene.ann.retry(key);
      },
    ],
    "system.leases() returns the items that can be released.": [
      ({ mesh }) => mesh.system.release("task"),
      async (scene) => {
        await held(scene);
        for (const { key } of (await scene.mesh.system.leases()).leases)
          await scene.mesh.system.release(key);
      },
    ],
    "topics() lists those that there are.": [
      async ({ mesh, ann }) => {
        await ann.subscribe(["news"]);
        await mesh.deleteTopic("nwes");
      },
      async ({ mesh }) => {
        for (const { name } of (await mesh.topics()).topics) await mesh.deleteTopic(name);
      },
    ],
  }),
  ...hintCases("LIMIT_EXCEEDED", {
    "Delete or shorten what is no longer needed, or give it a ttl; `limits.agent.items`": [
      async (scene) => {
        await using mesh = limited(scene, { agent: { items: 1 } });
        await mesh.agent("Ann").push("a", 1, { global: true });
        await mesh.agent("Ann").push("b", 1, { global: true });
      },
      async (scene) => {
        await using mesh = limited(scene, { agent: { items: 1 } });
        const ann = mesh.agent("Ann");
        await ann.push("a", 1, { ttl: "1s" });
        scene.clock.advance("1s");
        await ann.push("b", 1, { global: true });
        await ann.delete("b");
        await ann.push("c", 1, { global: true });
      },
    ],
    "Repeat the call at `details.retryAt`": [
      async (scene) => {
        await using mesh = limited(scene, { agent: { writesPerSecond: 1 } });
        await mesh.agent("Ann").push("a", 1, { global: true });
        await mesh.agent("Ann").push("a", 2);
      },
      async (scene, { details }) => {
        await using mesh = limited(scene, { agent: { writesPerSecond: 1 } });
        scene.clock.set(details.retryAt!);
        await mesh.agent("Ann").push("a", 2);
      },
    ],
    "`limits.agent.writesPerSecond` of the mesh is 0, which allows no writing: raise it.": [
      async (scene) => {
        await using mesh = limited(scene, { agent: { writesPerSecond: 0 } });
        await mesh.agent("Ann").push("a", 1, { global: true });
      },
      async (scene) => {
        await using mesh = limited(scene, { agent: { writesPerSecond: 1 } });
        await mesh.agent("Ann").push("a", 1, { global: true });
      },
    ],
    "These are 3 writes at once: split the batch into parts of at most 2, a second apart.": [
      async (scene) => {
        await using mesh = limited(scene, { agent: { writesPerSecond: 2 } });
        const pushes = ["a", "b", "c"].map((key) => ({ key, value: 1, global: true }));
        await mesh.agent("Ann").pushMany(pushes);
      },
      async (scene) => {
        await using mesh = limited(scene, { agent: { writesPerSecond: 2 } });
        const pushes = ["a", "b", "c"].map((key) => ({ key, value: 1, global: true }));
        await mesh.agent("Ann").pushMany(pushes.slice(0, 2));
        scene.clock.advance("1s");
        await mesh.agent("Ann").pushMany(pushes.slice(2));
      },
    ],
  }),
  ...hintCases("STALE_TOKEN", {
    "The lease expired or was released, or the item was written. Stop this work, and claim again.":
      [
        async (scene) => {
          const lease = await held(scene);
          scene.clock.advance("1m");
          await lease.complete("late");
        },
        async ({ ann }) => (await ann.claim({ key: "task" }))!.complete("done"),
      ],
    "Drop this work: another worker may have claimed it.": [
      async (scene) => {
        const lease = await held(scene);
        const lost = new Promise((resolve) => lease.signal.addEventListener("abort", resolve));
        await scene.bea.push("task", 2);
        await lost;
        lease.signal.throwIfAborted();
      },
      async ({ bea }) => (await bea.claim({ key: "task" }))!.complete("done"),
    ],
  }),
  ...hintCases("UNKNOWN_AGENT", {
    "agents() lists those that are known.": [
      ({ storage }) => strict(storage, (ann) => ann.push("it", 1, { subscribers: ["Xyz"] })),
      ({ storage }) =>
        strict(storage, async (ann, mesh) => {
          await mesh.agent("Xyz").announce({});
          const { agents } = await ann.agents();
          await ann.push("it", 1, { subscribers: agents.map(({ name }) => name) });
        }),
    ],
    'Did you mean "Bea"?': [
      ({ storage }) =>
        strict(storage, async (ann, mesh) => {
          await mesh.agent("Bea").announce({});
          await ann.push("it", 1, { subscribers: ["Beaa"] });
        }),
      ({ storage }) => strict(storage, (ann) => ann.push("it", 1, { subscribers: ["Bea"] })),
    ],
  }),
  ...hintCases("TASK_FAILED", {
    "Ask again with what the reason asks for, or ask another agent.": [
      (scene) => asked(scene, "", { key: "review" }),
      (scene, { details }) => asked(scene, details.reason, { key: "review" }),
    ],
    "Ask again, or ask another agent.": [
      async ({ mesh, ann, bea }) => {
        const asking = ann.ask("Bea", "text", { key: "review" });
        const deleting = bea.waitFor("review").then(() => mesh.system.delete("review"));
        await Promise.all([asking, deleting]);
      },
      (scene) => asked(scene, "text", { key: "review" }),
    ],
  }),
  ...hintCases("TIMEOUT", {
    "Bea may be busy or not running: it works on its inbox with work({ inbox: true }, …). The task was withdrawn.":
      [
        async ({ ann, bea }) => {
          await bea.announce({});
          await ann.ask("Bea", 1, { timeout: 5 });
        },
        async (scene) => {
          if ((await scene.mesh.system.keys()).length > 0) throw new Error("It is still there.");
          await asked(scene, "text");
        },
      ],
    'No agent "Bae" is known yet: start it, or look for its name in agents().': [
      ({ ann }) => ann.ask("Bae", 1, { timeout: 5 }),
      async (scene) => {
        await scene.bea.announce({});
        const { agents } = await scene.ann.agents({ prefix: "Bea" });
        if (agents.length !== 1) throw new Error("It is not listed.");
        await asked(scene, "text");
      },
    ],
    'No agent "Beaa" is known. Did you mean "Bea"?': [
      async ({ ann, bea }) => {
        await bea.announce({});
        await ann.ask("Beaa", 1, { timeout: 5 });
      },
      (scene) => asked(scene, "text"),
    ],
  }),
  ...hintCases("ABORTED", {
    "Call at(position) again.": [
      ({ mesh }) => mesh.at(0, { signal: AbortSignal.abort() }),
      ({ mesh }) => mesh.at(0),
    ],
    "The task was withdrawn.": [
      ({ ann }) => ann.ask("Bea", 1, { signal: AbortSignal.timeout(5) }),
      async ({ mesh }) => {
        if ((await mesh.system.keys()).length > 0) throw new Error("It is still there.");
      },
    ],
    "Nothing was changed. Call again to wait on.": [
      ({ ann }) => ann.waitFor("it", { signal: AbortSignal.abort() }),
      async ({ ann }) => {
        const waiting = ann.waitFor("it");
        await ann.push("it", 1, { global: true });
        await waiting;
      },
    ],
    "Stop, or complete the work now: what is not completed can be claimed again.": [
      async ({ storage }) => {
        const mesh = new ContextMesh({ storage, tenantId: "closing" });
        await mesh.agent("Ann").push("task", 1, { global: true });
        const { signal } = (await mesh.agent("Ann").claim({ key: "task" }))!;
        await mesh.close();
        signal.throwIfAborted();
      },
      async ({ storage, clock }) => {
        clock.advance("1m");
        const mesh = new ContextMesh({ storage, tenantId: "closing" });
        await (await mesh.agent("Bea").claim({ key: "task" }))!.complete("done");
        await mesh.close();
      },
    ],
    "What it has removed stays removed; the next compaction continues.": [
      ({ mesh }) => mesh.compact({ signal: AbortSignal.abort() }),
      ({ mesh }) => mesh.compact(),
    ],
  }),
  ...hintCases("TOO_LARGE", {
    'Push an item that depends on "plan", let the others depend on that one': [
      async ({ ann }) => {
        await ann.push("plan", 1, { global: true });
        const pushes = names(1_001).map((key) => ({ key, value: 1, global: true }));
        await ann.pushMany(pushes.map((each) => ({ ...each, dependsOn: ["plan"] })));
      },
      async ({ ann }) => {
        await ann.push("planned", 1, { global: true, dependsOn: ["plan"] });
        const pushes = names(1_000).map((key) => ({ key, value: 1, global: true }));
        await ann.pushMany(pushes.map((each) => ({ ...each, dependsOn: ["planned"] })));
        await (await ann.claim({ key: "plan" }))?.complete("done");
        await (await ann.claim({ key: "planned" }))?.complete();
        if ((await ann.claim({ key: "t999" })) === undefined) throw new Error("It still waits.");
      },
    ],
  }),
  ...hintCases("INVALID_ARGUMENTS", {
    "Leave dependsOn out, or push a new item": [
      async ({ ann }) => {
        await ann.push("part", 1, { global: true });
        await ann.push("sum", 1, { global: true });
        await ann.push("sum", 2, { dependsOn: ["part"] });
      },
      async ({ ann }) => {
        await ann.push("sum", 2);
        await ann.push("new sum", 2, { global: true, dependsOn: ["part"] });
      },
    ],
    "Pass a result (null is one), or leave route and ttl out.": [
      async (scene) => (await held(scene)).complete(undefined, { topics: ["results"] }),
      async ({ ann, clock }) => {
        clock.advance("1m");
        await (await ann.claim({ key: "task" }))!.complete(null, { topics: ["results"] });
        await ann.push("task", 2);
        await (await ann.claim({ key: "task" }))!.complete();
      },
    ],
    'Pass events: [{ type: "done", data: {}, topics: ["results"] }].': [
      async (scene) => (await held(scene)).complete("done", { events: {} as never }),
      async ({ ann, clock }) => {
        clock.advance("1m");
        const lease: LeaseHandle = (await ann.claim({ key: "task" }))! as never;
        await lease.complete("done", { events: [{ type: "done", data: {}, topics: ["results"] }] });
      },
    ],
  }),
  ...hintCases("CURSOR_COMPACTED", {
    "Start again with watch({ initial: true }), which emits what is visible now": [
      async ({ mesh, ann }) => {
        const { cursor } = await ann.changes();
        await ann.push("a", 1, { global: true });
        await ann.push("a", 2);
        await mesh.compact({ log: { commits: 0 } });
        await first(ann.watch({ since: cursor }));
      },
      async ({ ann }) => {
        const change = await first(ann.watch({ initial: true }));
        if (change?.type !== "put") throw new Error("It does not begin with what is visible.");
      },
    ],
    "Start again with events() without `since`, which returns all events that are kept.": [
      async ({ mesh, ann }) => {
        const { cursor } = await ann.events();
        await ann.publish("a", 1, { global: true });
        await ann.publish("b", 1, { global: true });
        await mesh.compact({ log: { commits: 0 }, events: { count: 1 } });
        await ann.events({ since: cursor });
      },
      async ({ ann }) => {
        const { events, cursor } = await ann.events();
        if (events.length !== 1) throw new Error("It does not give what is kept.");
        await ann.events({ since: cursor });
      },
    ],
  }),
  ...hintCases("CURSOR_COMPACTED", {
    "Read from position 1 on, or after a later one.": [
      async ({ mesh, ann }) => {
        await ann.push("a", 1, { global: true });
        await ann.push("a", 2);
        await mesh.compact({ log: { commits: 1 } });
        await mesh.system.log({ after: 0 });
      },
      async ({ mesh }, { details }) => {
        const { entries } = await mesh.system.log({ after: details.floor });
        if (entries.length !== 1) throw new Error("It does not return what the log holds.");
      },
    ],
  }),
  ...hintCases("INVALID_CURSOR", {
    "Pass a position up to 0.": [
      ({ mesh }) => mesh.at(1),
      async ({ mesh, ann }) => {
        await mesh.at(0);
        const { revision } = await ann.push("a", 1, { global: true });
        await mesh.at(revision);
      },
    ],
    "Call at(position) of the mesh itself.": [
      async ({ mesh, ann }) => {
        await ann.push("a", 1, { global: true });
        await (await mesh.at(0)).at(1);
      },
      ({ mesh }) => mesh.at(1),
    ],
    "Pass a position up to 1.": [
      async ({ mesh, ann }) => {
        await ann.push("a", 1, { global: true });
        await mesh.system.log({ after: 2 });
      },
      ({ mesh }) => mesh.system.log({ after: 1 }),
    ],
    "Start again with watch({ initial: true }), or without `since`.": [
      async ({ ann, storage }) => {
        const other = new ContextMesh({ storage, tenantId: "other" });
        await other.system.push("a", 1, { global: true });
        const { cursor } = await other.system.events();
        await other.close();
        await first(ann.watch({ since: cursor }));
      },
      async ({ ann }) => {
        await ann.push("a", 1, { global: true });
        await first(ann.watch({ initial: true }));
        await ann.events();
        await ann.changes();
      },
    ],
  }),
];
