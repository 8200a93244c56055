import { ContextMesh, MemoryStorage } from "@syntha/core";
import type { Facts } from "@syntha/core/storage";
import { expect, it, onTestFinished } from "vitest";

/** Counts how often commits read the item of each key. */
class CountingStorage extends MemoryStorage {
  readonly reads = new Map<string, number>();

  override commit(...[tenant, commits, decide]: Parameters<MemoryStorage["commit"]>) {
    return super.commit(tenant, commits, (commit, facts) => decide(commit, this.#counted(facts)));
  }

  #counted(facts: Facts): Facts {
    const item = (key: string) => {
      this.reads.set(key, (this.reads.get(key) ?? 0) + 1);
      return facts.item(key);
    };
    return new Proxy(facts, {
      get: (_, name) => {
        if (name === "item") return item;
        const member: unknown = Reflect.get(facts, name, facts);
        return typeof member === "function" ? member.bind(facts) : member;
      },
    });
  }
}

it("reads an item once for a batch of items that depend on it", async () => {
  const storage = new CountingStorage();
  const mesh = new ContextMesh({ storage });
  onTestFinished(() => mesh.close());
  const ann = mesh.agent("Ann");
  await ann.push("first", 1, { global: true });
  storage.reads.clear();
  await ann.pushMany(
    ["a", "b", "c"].map((key) => ({ key, value: 1, global: true, dependsOn: ["first"] })),
  );
  expect(storage.reads.get("first")).toBe(1);
  expect((await ann.getItem("c"))?.pendingDependencies).toEqual(["first"]);
});
