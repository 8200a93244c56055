import { InFlightCounter, jittered, KeyedListeners, KeyedQueue } from "@syntha/core/storage";
import { describe, expect, it } from "vitest";

describe("keyed queue", () => {
  it("runs the tasks of one key in order, despite failures", async () => {
    const queue = new KeyedQueue<string>();
    const log: string[] = [];
    const task = (name: string) => async () => {
      log.push(`start ${name}`);
      await Promise.resolve();
      log.push(`end ${name}`);
      if (name === "a") throw new Error("failed");
    };
    const first = queue.run("key", task("a"));
    const second = queue.run("key", task("b"));
    const other = queue.run("other key", task("c"));
    expect(log).toEqual(["start a", "start c"]);
    await expect(first).rejects.toThrow("failed");
    await Promise.all([second, other]);
    expect(log).toEqual(["start a", "start c", "end a", "end c", "start b", "end b"]);
  });

  it("rejects the tasks that wait for one that takes too long", async () => {
    const queue = new KeyedQueue<string>({ ms: 5, error: () => new Error("timed out") });
    let finish = (): void => undefined;
    const slow = queue.run("key", () => new Promise<void>((resolve) => (finish = resolve)));
    await expect(queue.run("key", async () => 1)).rejects.toThrow("timed out");
    finish();
    await slow;
    expect(await queue.run("key", async () => 2)).toBe(2);
  });
});

it("waits until no task is in flight", async () => {
  const counter = new InFlightCounter();
  await counter.idle();
  let isDone = false;
  const task = counter.run(async () => {
    await Promise.resolve();
    isDone = true;
    throw new Error("failed");
  });
  expect(counter.count).toBe(1);
  await Promise.all([counter.idle(), expect(task).rejects.toThrow("failed")]);
  expect([counter.count, isDone]).toEqual([0, true]);
});

it("reports the first and the last listener", () => {
  const changes: boolean[] = [];
  const listeners = new KeyedListeners<string>((isActive) => changes.push(isActive));
  const calls: string[] = [];
  const unsubscribe = ["a", "a", "b"].map((key, i) =>
    listeners.add(key, () => calls.push(`${key}${i}`)),
  );
  listeners.emit("a");
  listeners.emit("c");
  expect(listeners.keys).toEqual(["a", "b"]);
  for (const each of [...unsubscribe, ...unsubscribe]) each();
  listeners.emitAll();
  expect([calls, changes]).toEqual([
    ["a0", "a1"],
    [true, false],
  ]);
});

it("keeps jitter between half of a delay and all of it", () => {
  for (let i = 0; i < 100; i++) {
    const ms = jittered(10);
    expect(ms >= 5 && ms <= 10).toBe(true);
  }
});
