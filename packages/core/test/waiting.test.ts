import { ContextMesh, type Item, MemoryStorage } from "@syntha/core";
import { expect, it, onTestFinished, vi } from "vitest";

/** Calls `afterGet` between a read and its answer. */
class SlowStorage extends MemoryStorage {
  gets = 0;
  afterGet: ((keys: readonly string[]) => Promise<void>) | undefined;

  override async get(...args: Parameters<MemoryStorage["get"]>) {
    const answer = await super.get(...args);
    this.gets++;
    await this.afterGet?.(args[2]);
    return answer;
  }
}

it("wakes for a dependency that ends while the item is read", async () => {
  const storage = new SlowStorage();
  const mesh = new ContextMesh({ storage });
  onTestFinished(() => mesh.close());
  const ann = mesh.agent("Ann");
  await ann.push("first", 1, { global: true });
  await ann.push("next", 2, { global: true, dependsOn: ["first"] });
  const marker = ann.waitFor("marker");
  await vi.waitUntil(() => storage.gets > 0);
  let hasEnded = false;
  storage.afterGet = async ([key]) => {
    if (key !== "next" || hasEnded) return;
    hasEnded = true;
    await ann.delete("first");
    // Once its waiter has it, the log is read up to here.
    await ann.push("marker", 1, { global: true });
    await marker;
  };
  const isUnblocked = vi.fn<(item: Item) => boolean>((item) => {
    return item.pendingDependencies.length === 0;
  });
  expect(await ann.waitFor("next", { until: isUnblocked })).toBeDefined();
  expect(isUnblocked).toHaveBeenCalledTimes(2);
});

it("ends by its signal while the storage does not answer its last read", async () => {
  const storage = new SlowStorage();
  const mesh = new ContextMesh({ storage });
  const ann = mesh.agent("Ann");
  await ann.keys();
  const stop = new AbortController();
  let answer: () => void = () => undefined;
  // The first read is answered; the last one is made when the time is over.
  storage.afterGet = async () => {
    if (storage.gets === 1) return;
    stop.abort();
    await new Promise<void>((resolve) => (answer = resolve));
  };
  const waiting = ann.waitFor("it", { timeout: 20, signal: stop.signal });
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
  answer();
  await mesh.close();
});

it("takes an edit out of its queue by its signal, and writes nothing of it", async () => {
  const storage = new SlowStorage();
  const mesh = new ContextMesh({ storage });
  const ann = mesh.agent("Ann");
  await ann.push("list", [], { global: true });
  const stop = new AbortController();
  let answer: () => void = () => undefined;
  storage.afterGet = () => new Promise<void>((resolve) => (answer = resolve));
  const first = ann.append("list", 1);
  const second = ann.append("list", 2, { signal: stop.signal });
  await vi.waitUntil(() => storage.gets > 0);
  stop.abort();
  await expect(second).rejects.toMatchObject({ code: "ABORTED" });
  storage.afterGet = undefined;
  answer();
  await first;
  expect(await ann.get("list")).toEqual([1]);
  await mesh.close();
});
