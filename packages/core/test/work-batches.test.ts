import { ContextMesh, MemoryStorage } from "@syntha/core";
import { expect, it } from "vitest";

/** Counts its transactions and the commits in them. */
class CountingStorage extends MemoryStorage {
  transactions = 0;
  commits = 0;

  override commit(
    ...args: Parameters<MemoryStorage["commit"]>
  ): ReturnType<MemoryStorage["commit"]> {
    this.transactions++;
    this.commits += args[1].length;
    return super.commit(...args);
  }
}

it("claims for all free handlers of a worker in one transaction", async () => {
  const storage = new CountingStorage();
  await using mesh = new ContextMesh({ storage });
  const items = Array.from({ length: 64 }, (_, i) => ({
    key: `task:${i}`,
    value: i,
    topics: ["jobs"],
  }));
  await mesh.system.pushMany(items);
  storage.transactions = 0;
  const started: unknown[] = [];
  let waiting: (() => void)[] = [];
  const end = new AbortController();
  /** Eight handlers end together. */
  const handler = async ({ value }: { value: unknown }): Promise<string> => {
    const count = started.push(value);
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length < 8) return;
      for (const go of waiting) go();
      waiting = [];
    });
    if (count === 64) end.abort();
    return "done";
  };
  await mesh.system.work("jobs", handler, { concurrency: 8, signal: end.signal });
  expect(started).toEqual(items.map(({ value }) => value));
  expect((await mesh.system.list({ state: "done" })).items).toHaveLength(64);
  // One by one, it would take 64 claims and 64 completions.
  expect(storage.transactions).toBeLessThan(40);
});

it("makes few claims that find nothing, however many handlers may run", async () => {
  const storage = new CountingStorage();
  await using mesh = new ContextMesh({ storage });
  const end = new AbortController();
  const worked = new Set<string>();
  const working = mesh.system.work("jobs", ({ key }) => void worked.add(key), {
    concurrency: 1_000,
    signal: end.signal,
  });
  for (let i = 0; i < 10; i++) {
    await mesh.system.push(`task:${i}`, i, { topics: ["jobs"] });
    await expect.poll(() => worked.has(`task:${i}`)).toBe(true);
  }
  end.abort();
  await working;
  // A push, a claim and a completion of each task, and the claims between them.
  expect(storage.commits).toBeLessThan(10 * 10);
});
