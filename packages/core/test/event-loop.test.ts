import { readFile } from "node:fs";
import { compareTenants, ContextMesh, copyTenant, exportTenant, MemoryStorage } from "@syntha/core";
import { expect, it, onTestFinished, vi } from "vitest";

/** Blocks the event loop for longer than a call may go on blocking it. */
function block(): void {
  for (const end = performance.now() + 15; performance.now() < end;);
}

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

/** Counts turns of the event loop until there are three, or until a program would have starved. */
function countTurns(): { readonly go: () => boolean; readonly enough: () => boolean } {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  onTestFinished(() => clearInterval(timer));
  const end = performance.now() + 20_000;
  const enough = (): boolean => turns >= 3;
  return { go: () => !enough() && performance.now() < end, enough };
}

it("lets timers run beside many agents whose calls never stop coming", async () => {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  const { go, enough } = countTurns();
  const work = async (name: string): Promise<void> => {
    while (go()) await mesh.agent(name).append("list", 1, { global: true });
  };
  await Promise.all(Array.from({ length: 32 }, (_, n) => work(`Agent ${n}`)));
  expect(enough()).toBe(true);
});

it("lets timers run in a program with a new mesh for every few calls", async () => {
  const { go, enough } = countTurns();
  while (go()) {
    const mesh = new ContextMesh();
    await mesh.system.push("it", 1, { global: true });
    await mesh.system.get("it");
    await mesh.close();
  }
  expect(enough()).toBe(true);
});

it("lets files be read while a fake clock stands still", async () => {
  const agent = new ContextMesh().agent("Busy");
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let isRead = false;
  readFile(import.meta.filename, () => {
    isRead = true;
  });
  for (let n = 0; !isRead && n < 10_000_000; n++) await agent.get("none");
  expect(isRead).toBe(true);
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
    expect([name, turns > 1]).toEqual([name, true]);
  }
});

it("answers the calls that were made before it was closed, and no later one", async () => {
  const storage = new MemoryStorage();
  await storage.open();
  const order: string[] = [];
  const note = (what: string) => (): void => void order.push(what);
  // A turn begins here, so that the call that follows is the first of it.
  await new Promise((resolve) => void setImmediate(resolve));
  await storage.stats("acme");
  block();
  const early = [1, 2, 3].map((n) => storage.stats("acme").then(note(`answered ${n}`)));
  const closing = storage.close().then(note("closed"));
  const late = storage.stats("acme").catch(({ code }: { code: string }) => note(code)());
  await Promise.all([...early, closing, late]);
  expect(order).toEqual(["CLOSED", "answered 1", "answered 2", "answered 3", "closed"]);
});

it("keeps the order of writes of two meshes of one storage", async () => {
  const storage = new MemoryStorage();
  const meshes = [new ContextMesh({ storage }), new ContextMesh({ storage })] as const;
  onTestFinished(async () => {
    for (const mesh of meshes) await mesh.close();
  });
  const [ann, bea] = meshes.map((mesh, n) => mesh.agent(["Ann", "Bea"][n] as string));
  const end = performance.now() + 500;
  while (performance.now() < end) {
    for (let n = 0; n < 20; n++) await ann?.get("it");
    const [first, second] = await Promise.all([
      ann?.push("a", 1, { global: true }),
      bea?.push("b", 1, { global: true }),
    ]);
    expect(first?.revision).toBeLessThan(second?.revision ?? 0);
  }
});
