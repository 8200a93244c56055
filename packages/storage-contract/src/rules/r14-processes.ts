import { expect } from "vitest";
import {
  Feed,
  formatChange,
  JSON_TEXTS,
  parseJson,
  rejects,
  rule,
  tenantSnapshot,
  times,
  waitFor,
  withSupport,
} from "../harness/index.ts";

export const processes = rule("R14 Many processes", {
  storage(world, it) {
    it("declares its durability", () => {
      expect(["none", "process", "power"]).toContain(world.storage.traits.durability);
    });

    it("revives nothing after a reopen with an earlier clock", async ({ skip, tenantId }) => {
      const ann = world.mesh({ tenantId }).agent("Ann");
      await ann.push("it", "secret", { global: true, ttl: "1h" });
      const lease = await ann.claim({ key: "it" }, { lease: "30m" });
      world.clock.advance("2h");
      const passed = world.clock();
      await ann.push("witness", 1, { global: true });
      await world.reopen(skip);
      world.clock.set(passed - 7_200_000);
      try {
        const after = world.mesh({ tenantId }).agent("Ann");
        expect(await after.keys()).toEqual(["witness"]);
        await rejects(after.lease("it", lease!.token).complete("late"), "STALE_TOKEN");
        expect(JSON.stringify(await tenantSnapshot(world.storage, tenantId))).not.toContain(
          "secret",
        );
      } finally {
        world.clock.set(passed);
      }
    });

    it("decides by what other processes wrote", async ({ mesh: here, there }) => {
      await here.agent("Bea").subscribe(["a"]);
      await there.agent("Ann").push("it", 1, { topics: ["a"] });
      const lease = (await here.agent("Bea").claim({ topic: "a" }))!;
      expect(await there.agent("Ann").claim({ key: "it" })).toBeUndefined();
      await there.agent("Ann").push("it", 2);
      await rejects(lease.complete("late"), "STALE_TOKEN");
      await there.setPermissions("Bea", { post: [] });
      await rejects(here.agent("Bea").push("mine", 1, { topics: ["a"] }), "FORBIDDEN");
      expect(await here.agent("Bea").subscriptions()).toEqual([]);
      await here.agent("Ann").push("it", 3, { subscribers: ["Cid"] });
      await rejects(there.agent("Dov").push("it", 4, { global: true }), "KEY_TAKEN");
      await there.agent("Ann").delete("it");
      await here.agent("Dov").push("it", 5, { global: true, ifRevision: 0 });
      await rejects(there.agent("Ann").push("it", 6, { ifRevision: 0 }), "CONFLICT");
      await there.agent("Dov").push("expired", 1, { global: true, ttl: "1s" });
      world.clock.advance("1s");
      expect(await here.agent("Dov").keys()).toEqual(["it"]);
      expect(await here.sweep()).toBe(1);
      expect(await there.sweep()).toBe(0);
    });

    it("wakes workers of another process", async ({ mesh: here, there }) => {
      await here.agent("Worker").subscribe(["t"]);
      const ending = new AbortController();
      const working = there
        .agent("Worker")
        .work<number>("t", ({ value }) => `${value} done`, { signal: ending.signal });
      for (let n = 0; n < 5; n++) {
        await here.agent("Ann").push(`${n}`, n, { topics: ["t"] });
        await waitFor("it is done", async () => {
          return (await here.agent("Ann").getItem(`${n}`))?.state === "done";
        });
      }
      ending.abort();
      await working;
      expect(Object.values(await here.agent("Ann").getAll())).toEqual(times(5, (n) => `${n} done`));
    });

    it("aborts a lease that another process takes", async ({ mesh: here, there }) => {
      await here.agent("Ann").push("it", 1, { global: true });
      const lease = (await here.agent("Bea").claim({ key: "it" }, { lease: "1h" }))!;
      expect(lease.signal.aborted).toBe(false);
      await there.agent("Ann").push("it", 2);
      await waitFor("the signal is aborted", () => lease.signal.aborted);
    });
  },
  wrapper(world, it) {
    it("keeps values unchanged across a reopen", async ({ skip, tenantId }) => {
      const before = world.mesh({ tenantId });
      await before
        .agent("Ann")
        .pushMany(
          JSON_TEXTS.map((text, n) => ({ key: `${n}`, value: parseJson(text), global: true })),
        );
      await world.reopen(skip);
      const after = world.mesh({ tenantId }).agent("Bea");
      for (const [n, text] of JSON_TEXTS.entries())
        expect(JSON.stringify(await after.get(`${n}`))).toBe(text);
    });

    it("shows a process what another was acknowledged", async ({ mesh: here, there }) => {
      for (let n = 0; n < 20; n++) {
        const [writer, reader] = n % 2 === 0 ? [here, there] : [there, here];
        const topic = `topic ${n}`;
        await writer.agent("Ann").push("it", n, { topics: [topic] });
        await writer.agent("Bea").subscribe([topic]);
        await writer.agent("Ann").publish("happened", n, { topics: [topic] });
        const bea = reader.agent("Bea");
        expect(await bea.get("it")).toBe(n);
        expect(await bea.keys()).toEqual(["it"]);
        expect((await bea.subscriptions()).length).toBe(n + 1);
        expect((await bea.events({ limit: 1_000 })).events.length).toBe(n + 1);
        expect((await reader.stats()).revision).toBe((await writer.stats()).revision);
        const { topics } = await reader.topics({ prefix: topic });
        expect(topics.find(({ name }) => name === topic)).toEqual({
          name: topic,
          subscribers: 1,
          items: 1,
        });
      }
    });

    withSupport(world, ["pastSubscriptions"], () => {
      it("wakes watches of another process", async ({ mesh: here, there }) => {
        const feed = new Feed(there.agent("Bea").watch({ initial: true }));
        expect(await feed.lines(1)).toEqual(["ready"]);
        for (let n = 0; n < 5; n++) {
          await here.agent("Ann").push("it", n, { global: true });
          expect(await feed.lines(1)).toEqual([`put it=${n}`]);
        }
        await here.agent("Bea").subscribe(["t"]);
        await here.agent("Ann").publish("happened", 1, { topics: ["t"] });
        expect(await feed.lines(1)).toEqual(["event happened=1"]);
      });

      it("keeps running when another process closes", async ({ skip }) => {
        const here = world.mesh();
        const second = (await world.newHandle()) ?? skip("this storage has no second handle");
        const there = world.mesh({ tenantId: here.tenantId }, second);
        const feed = await new Feed(here.agent("Bea").watch()).started();
        await there.agent("Ann").push("it", 1, { global: true });
        await there.close();
        await second.close();
        await here.agent("Ann").push("it", 2);
        expect(await feed.lines(2)).toEqual(["put it=1", "put it=2"]);
      });
    });
  },
  compaction(world, it) {
    it("keeps compactions and drops across a reopen", async ({ skip }) => {
      const [short, dropped] = [world.mesh(), world.mesh()];
      const { cursor } = await short.agent("Ann").events();
      for (const mesh of [short, dropped])
        for (let n = 0; n < 3; n++) await mesh.agent("Ann").push("it", n, { global: true });
      await short.compact({ log: { commits: 1 } });
      await world.registry().drop(dropped.tenantId);
      await world.reopen(skip);
      const after = world.mesh({ tenantId: short.tenantId });
      expect(await after.stats()).toMatchObject({ revision: 3, floor: 2, items: 1 });
      const feed = new Feed(after.agent("Ann").watch({ since: cursor }));
      await rejects(feed.next(), "CURSOR_COMPACTED");
      const { tenantIds } = await world.storage.listTenants({ limit: 1_000 });
      expect([tenantIds.includes(short.tenantId), tenantIds.includes(dropped.tenantId)]).toEqual([
        true,
        false,
      ]);
    });
  },
  pastSubscriptions(world, it) {
    it("resumes a watch in another process", async ({ mesh: here, there }) => {
      const feed = await new Feed(here.agent("Bea").watch()).started();
      for (let n = 0; n < 6; n++) await there.agent("Ann").push(`${n}`, n, { global: true });
      const { cursor } = (await feed.take(3)).at(-1)!;
      const resumed = new Feed(there.agent("Bea").watch({ since: cursor }));
      expect(await resumed.lines(3)).toEqual(["put 3=3", "put 4=4", "put 5=5"]);
    });
    it("keeps everything across a reopen", async ({ skip, tenantId }) => {
      const before = world.mesh({ tenantId });
      const [ann, bea] = [before.agent("Ann"), before.agent("Bea")];
      await bea.subscribe(["a", "b"]);
      await bea.subscribe(["c"]);
      await ann.push("plain", { n: "00123842" }, { topics: ["a"], subscribers: ["Cid"] });
      await ann.push("expiring", 1, { global: true, ttl: "1h" });
      await ann.push("claimed", 1, { topics: ["b"] });
      await ann.push("done", 1, { topics: ["b"] });
      await ann.push("failed", 1, { topics: ["b"] });
      await ann.push("deleted", 1, { topics: ["deleted"] });
      await ann.publish("happened", [null], { topics: ["a"], id: "e" });
      await before.deleteTopic("deleted");
      await before.setPermissions("Bea", { subscribe: ["a", "b", "c"], post: ["b"], direct: true });
      await before.setPermissions("Cid", {});
      await (await bea.claim({ key: "done" }))?.complete("result");
      await (await bea.claim({ key: "failed" }))?.release({ maxAttempts: 1 });
      const lease = (await bea.claim({ key: "claimed" }, { lease: "1m" }))!;
      const feed = new Feed(bea.watch());
      await ann.push("plain", 2);
      const { cursor } = await feed.next();
      await ann.push("missed", 3, { topics: ["a"] });
      const names = ["Ann", "Bea", "Cid"];
      const contents = await tenantSnapshot(world.storage, tenantId, names);

      await world.reopen(skip);
      expect(await tenantSnapshot(world.storage, tenantId, names)).toEqual(contents);
      const after = world.mesh({ tenantId });
      const again = after.agent("Bea");
      expect(await again.subscriptions()).toEqual(["a", "b", "c"]);
      await rejects(again.subscribe(["d"]), "FORBIDDEN");
      await again.lease("claimed", lease.token).extend("1m");
      await again.lease("claimed", lease.token).complete("result");
      await rejects(again.lease("claimed", lease.token).complete("twice"), "STALE_TOKEN");
      const resumed = new Feed(again.watch({ since: cursor }));
      expect(await resumed.lines(2)).toEqual(["put missed=3", 'put claimed="result"']);
      const same = await after.agent("Ann").publish("happened", 2, { topics: ["a"], id: "e" });
      expect(same.created).toBe(false);
      const { revision } = await after.agent("Ann").push("new", 1, { global: true });
      expect(revision).toBe(contents.head + 2);
    });

    it("writes one gapless log from many processes", async ({ mesh: here, there }) => {
      const meshes = [here, there];
      const feeds = meshes.map((mesh) => new Feed(mesh.agent("Bea").watch()));
      for (const feed of feeds) await feed.started();
      const calls = times(60, (n) =>
        meshes[n % 2]!.agent(`writer ${n % 2}`).push(`item ${n}`, n, { global: true }),
      );
      const pushed = await Promise.all(calls);
      const revisions = pushed.map(({ revision }) => revision).sort((a, b) => a - b);
      expect(revisions).toEqual(times(60, (n) => n + 1));
      const [one, other] = [await feeds[0]!.take(60), await feeds[1]!.take(60)];
      expect(one.map(formatChange)).toEqual(other.map(formatChange));
      const inOrder = [...pushed].sort((a, b) => a.revision - b.revision).map(({ key }) => key);
      expect(one.map((change) => change.type === "put" && change.item.key)).toEqual(inOrder);
    });
  },
});
