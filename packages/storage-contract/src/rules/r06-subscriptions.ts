import { expect, it } from "vitest";
import type { StorageContract } from "../contract.ts";
import { rejects } from "../harness/rejects.ts";
import { rule } from "../harness/world.ts";

export function subscriptions(contract: StorageContract): void {
  rule(contract, "R6 Subscriptions", (world) => {
    it("adds each subscription to those before it", async () => {
      const mesh = world.mesh();
      const bea = mesh.agent("Bea");
      expect(await bea.subscribe(["b"])).toEqual(["b"]);
      expect(await bea.subscribe(["a", "b", "c"])).toEqual(["a", "c"]);
      expect(await bea.subscribe(["a"])).toEqual([]);
      expect(await bea.subscriptions()).toEqual(["a", "b", "c"]);
      for (const topic of ["a", "b", "c"])
        await mesh.agent("Ann").push(topic, 1, { topics: [topic] });
      expect(await bea.keys()).toEqual(["a", "b", "c"]);
    });

    it("ends only what is named, and tells what there was", async () => {
      const mesh = world.mesh();
      const bea = mesh.agent("Bea");
      await bea.subscribe(["a", "b", "c"]);
      expect(await bea.unsubscribe(["b", "x", "b"])).toEqual(["b"]);
      expect(await bea.unsubscribe(["b"])).toEqual([]);
      expect(await bea.subscriptions()).toEqual(["a", "c"]);
    });

    it("subscribes again after unsubscribing, any number of times", async () => {
      const mesh = world.mesh();
      const bea = mesh.agent("Bea");
      await mesh.agent("Ann").push("it", 1, { topics: ["a"] });
      for (let n = 0; n < 3; n++) {
        await bea.subscribe(["a"]);
        expect([await bea.keys(), await mesh.subscribers("a")]).toEqual([["it"], ["Bea"]]);
        await bea.unsubscribe(["a"]);
        expect([await bea.keys(), await mesh.subscribers("a")]).toEqual([[], []]);
      }
      expect((await mesh.stats()).agents).toBe(0);
    });

    it("keeps each agent's subscriptions apart", async () => {
      const mesh = world.mesh();
      await mesh.agent("Bea").subscribe(["a"]);
      await mesh.agent("Cid").subscribe(["a", "b"]);
      await mesh.agent("Bea").unsubscribe(["a"]);
      expect(await mesh.agent("Cid").subscriptions()).toEqual(["a", "b"]);
      expect(await mesh.subscribers("a")).toEqual(["Cid"]);
    });

    it("tells a topic's subscribers by code point, however many", async () => {
      const mesh = world.mesh();
      const names = [
        "b",
        "B",
        "a",
        "\u{1F98A}",
        "\uE000",
        "\uFFFF",
        "\u00E9",
        "__proto__",
        "10",
        "9",
      ];
      for (const name of names) await mesh.agent(name).subscribe(["t"]);
      const sorted = [
        "10",
        "9",
        "B",
        "__proto__",
        "a",
        "b",
        "\u00E9",
        "\uE000",
        "\uFFFF",
        "\u{1F98A}",
      ];
      expect(await mesh.subscribers("t")).toEqual(sorted);
      expect((await mesh.stats()).agents).toBe(names.length);
    });

    it("gives a topic's subscribers in pages without gap or double", async () => {
      const mesh = world.mesh();
      const names = Array.from({ length: 7 }, (_, n) => `agent ${n}`);
      await Promise.all(names.map((name) => mesh.agent(name).subscribe(["t", "u"])));
      for (let limit = 1; limit <= 8; limit++) {
        const given: string[] = [];
        for (let after: string | undefined; ;) {
          const page = await world.storage.agents(mesh.tenantId, { topic: "t", after, limit });
          expect(page.agents.length).toBe(Math.min(limit, 7 - given.length));
          given.push(...page.agents.map(({ name }) => name));
          if (page.next === null) break;
          after = page.next;
        }
        expect(given).toEqual(names);
      }
    });

    it("loses none of those that are made at the same time", async () => {
      const mesh = world.mesh();
      const bea = mesh.agent("Bea");
      const topics = Array.from({ length: 20 }, (_, n) => `topic ${String(n).padStart(2, "0")}`);
      await Promise.all(topics.map((topic) => bea.subscribe([topic])));
      expect(await bea.subscriptions()).toEqual(topics);
    });

    it("takes no position in the log when nothing changes", async () => {
      const mesh = world.mesh();
      await mesh.agent("Bea").subscribe(["a"]);
      const { revision } = await mesh.stats();
      await mesh.agent("Bea").subscribe(["a", "a"]);
      await mesh.agent("Bea").unsubscribe(["b"]);
      expect((await mesh.stats()).revision).toBe(revision);
    });

    it("remembers what an agent was subscribed to at each position", async () => {
      const mesh = world.mesh();
      const bea = mesh.agent("Bea");
      await bea.subscribe(["a"]);
      await bea.subscribe(["b"]);
      await bea.unsubscribe(["a"]);
      await bea.subscribe(["a", "c"]);
      await mesh.deleteTopic("b");
      await mesh.setPermissions("Bea", { subscribe: ["c"] });
      const at = async (position: number): Promise<unknown> => {
        const query = { name: "Bea", at: position };
        return (await world.storage.agents(mesh.tenantId, query)).agents[0]?.subscriptions;
      };
      const positions = [0, 1, 2, 3, 4, 5, 6];
      expect(await Promise.all(positions.map(at))).toEqual([
        [],
        ["a"],
        ["a", "b"],
        ["b"],
        ["a", "b", "c"],
        ["a", "c"],
        ["c"],
      ]);
    });

    it.each([[[]], ["topic"], [[""]], [[1]], [["a", ""]], [undefined], [["\0"]], [["\uD800"]]])(
      "refuses the list of topics %j, and changes nothing",
      async (topics) => {
        const mesh = world.mesh();
        const isText = JSON.stringify(topics)?.includes("\\u") === true;
        const code = isText ? "INVALID_TEXT" : "INVALID_ARGUMENTS";
        await rejects(mesh.agent("Bea").subscribe(topics as string[]), code);
        await rejects(mesh.agent("Bea").unsubscribe(topics as string[]), code);
        expect((await mesh.stats()).revision).toBe(0);
      },
    );
  });
}
