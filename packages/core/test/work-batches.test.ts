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
  // Eight times eight completions, each with the next eight claims, after some claims of fewer.
  expect(storage.transactions).toBeLessThan(15);
});

it("never runs more handlers than its concurrency, however long each takes", async () => {
  await using mesh = new ContextMesh();
  const count = 300;
  await mesh.system.pushMany(
    Array.from({ length: count }, (_, i) => ({ key: `task:${i}`, value: i, topics: ["jobs"] })),
  );
  const end = new AbortController();
  let [running, most, done] = [0, 0, 0];
  const handler = async ({ value }: { value: unknown }): Promise<void> => {
    most = Math.max(most, ++running);
    // None at all, some microtasks, or a timer.
    const waits = (value as number) % 7;
    for (let i = 0; i < waits; i++) await Promise.resolve();
    if (waits > 4) await new Promise((resolve) => setTimeout(resolve, waits));
    running--;
    if (++done === count) end.abort();
  };
  await mesh.system.work("jobs", handler, { concurrency: 5, signal: end.signal });
  expect([done, most]).toEqual([count, 5]);
  expect((await mesh.stats()).items).toBe(0);
});

it("shares transactions among callers that wait for their answers before they go on", async () => {
  const storage = new CountingStorage();
  await using mesh = new ContextMesh({ storage });
  const [callers, pushes] = [64, 10];
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      // They start one after another.
      for (let i = 0; i < caller; i++) await Promise.resolve();
      for (let i = 0; i < pushes; i++)
        await mesh.system.push(`${caller}:${i}`, i, { global: true });
    }),
  );
  expect(storage.commits).toBe(callers * pushes);
  expect(storage.transactions).toBeLessThan(1.5 * pushes);
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
