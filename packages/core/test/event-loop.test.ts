import { ContextMesh } from "@syntha/core";
import { expect, it, onTestFinished } from "vitest";

it("removes what expired, and compacts its log, in a program that awaits nothing else", async () => {
  const mesh = new ContextMesh({
    sweepEvery: 20,
    compactEvery: 20,
    retention: { log: 1, history: 1 },
  });
  onTestFinished(() => mesh.close());
  const agent = mesh.agent("Busy");
  await agent.push("hint", 1, { global: true, ttl: 1 });
  const end = performance.now() + 10_000;
  let stats = await mesh.stats();
  for (let n = 0; stats.floor === 0 || stats.expired > 0; n++) {
    if (performance.now() > end) break;
    await agent.append("list", n % 10, { global: true });
    stats = await mesh.stats();
  }
  expect([stats.floor > 0, stats.expired, await agent.keys()]).toEqual([true, 0, ["list"]]);
});
