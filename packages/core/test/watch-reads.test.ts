import { ContextMesh, MemoryStorage } from "@syntha/core";
import { expect, it } from "vitest";

/** Counts reads of the log, and answers each a turn of the event loop later, as a storage elsewhere does. */
class CountingStorage extends MemoryStorage {
  logReads = 0;

  override async log(...args: Parameters<MemoryStorage["log"]>) {
    this.logReads++;
    await new Promise((resolve) => setImmediate(resolve));
    return super.log(...args);
  }
}

it("reads the log once for a thousand watches", async () => {
  const storage = new CountingStorage();
  await using mesh = new ContextMesh({ storage });
  const feeds = Array.from({ length: 1_000 }, (_, i) => mesh.agent(`agent ${i}`).watch());
  const receive = async (): Promise<unknown> => Promise.all(feeds.map((feed) => feed.next()));
  const push = async (value: number) => mesh.system.push("plan", value, { global: true });
  await Promise.all([receive(), push(0)]);
  storage.logReads = 0;
  for (let i = 1; i <= 10; i++) await Promise.all([receive(), push(i)]);
  // A read that began before a push is followed by another one.
  expect(storage.logReads).toBeLessThanOrEqual(2 * 10);
});
