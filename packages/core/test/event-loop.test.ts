import { compareTenants, ContextMesh, copyTenant, exportTenant, MemoryStorage } from "@syntha/core";
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

it("lets timers run during a copy, a comparison and an export", async () => {
  const [from, to] = [new MemoryStorage(), new MemoryStorage()];
  const mesh = new ContextMesh({ storage: from, tenantId: "acme" });
  onTestFinished(() => mesh.close());
  for (let page = 0; page < 20; page++)
    await mesh.system.pushMany(
      Array.from({ length: 1_000 }, (_, n) => ({ key: `${page}:${n}`, value: n, global: true })),
    );
  const tenantId = "acme";
  const works: Record<string, () => Promise<unknown>> = {
    copy: () => copyTenant({ from, to, tenantId }),
    comparison: () => compareTenants({ left: from, right: to, tenantId }),
    export: async () => {
      for await (const line of exportTenant({ storage: from, tenantId }))
        expect(line).toContain("{");
    },
  };
  for (const [name, work] of Object.entries(works)) {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await work();
    clearInterval(timer);
    expect(turns, name).toBeGreaterThan(1);
  }
});
