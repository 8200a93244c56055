import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it } from "vitest";

it("lets timers have their turn while a program awaits nothing but the mesh", async () => {
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path: ":memory:" }) });
  const agent = mesh.agent("Busy");
  let fired = false;
  setTimeout(() => {
    fired = true;
  }, 1);
  let pushes = 0;
  while (!fired && pushes < 100_000) {
    await agent.push("counter", pushes++, { global: true });
  }
  await mesh.close();
  expect(fired).toBe(true);
  expect(pushes).toBeGreaterThan(1);
});
