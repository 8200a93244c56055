import { readFile } from "node:fs";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it, onTestFinished, vi } from "vitest";
import { openStorage } from "./support/open-storage.ts";
import { write } from "./support/operations.ts";

it("yields to the event loop in a busy program", async () => {
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path: ":memory:" }) });
  const agent = mesh.agent("Busy");
  let turns = 0;
  const turn = (): void => void (++turns < 3 && setImmediate(turn));
  setImmediate(turn);
  let pushes = 0;
  // Some hundreds per turn.
  while (turns < 3 && pushes < 50_000) {
    await agent.push("counter", pushes++, { global: true });
  }
  await mesh.close();
  expect(turns).toBe(3);
  expect(pushes).toBeGreaterThan(1);
});

it("lets files be read while a fake clock stands still", async () => {
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path: ":memory:" }) });
  const agent = mesh.agent("Busy");
  await agent.push("it", 1, { global: true });
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let isRead = false;
  readFile(import.meta.filename, () => {
    isRead = true;
  });
  for (let n = 0; !isRead && n < 1_000_000; n++) await agent.get("it");
  expect(isRead).toBe(true);
  await mesh.close();
});

it("keeps the order of writes while it yields, and completes them on close", async () => {
  const storage = await openStorage({ path: ":memory:" });
  const order: string[] = [];
  const writeNext = async (name: string): Promise<void> => {
    await write(storage, 1, name);
    order.push(name);
  };
  await writeNext("before");
  for (const end = performance.now() + 15; performance.now() < end;);
  const first = writeNext("first").then(() => writeNext("third"));
  const writes = [first, writeNext("second")];
  await Promise.all(writes);
  expect(order).toEqual(["before", "first", "second", "third"]);
  for (const end = performance.now() + 15; performance.now() < end;);
  const last = writeNext("last");
  await storage.close();
  await last;
  expect(order.at(-1)).toBe("last");
});
