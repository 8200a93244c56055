import { ContextMesh, MemoryStorage } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { describe, expect, it } from "vitest";
import { codeFrom } from "./support/code-of.ts";

async function scene(
  storage = new MemoryStorage(),
): Promise<{ mesh: ContextMesh; ann: ReturnType<ContextMesh["agent"]> }> {
  const mesh = new ContextMesh({ storage });
  const ann = mesh.agent("Ann");
  await ann.subscribe(["work"]);
  await ann.push("task", 1, { topics: ["work"] });
  return { mesh, ann };
}

describe("a claim", () => {
  const attempts: unknown[] = [0, -1, 1.5, Number.NaN, "1", null];
  it.each(attempts)("refuses maxAttempts %o, and parks nothing", async (maxAttempts) => {
    const { mesh, ann } = await scene();
    const options = { maxAttempts: maxAttempts as number };
    expect(await codeFrom(ann.claim({ topic: "work" }, options))).toBe("INVALID_ARGUMENTS");
    const lease = await ann.claim({ topic: "work" });
    await expect(lease?.release(options)).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
    expect(await ann.getItem("task")).toMatchObject({ state: "claimed" });
    await mesh.close();
  });

  const sources: unknown[] = [undefined, null, {}, { topic: "work", key: "task" }];
  it.each(sources)("refuses %o as its source", async (from) => {
    const { mesh, ann } = await scene();
    expect(await codeFrom(ann.claim(from as { topic: string }))).toBe("INVALID_ARGUMENTS");
    await mesh.close();
  });
});

describe("signal of a lease", () => {
  it("aborts for a loss before it was first read", async () => {
    const { mesh, ann } = await scene();
    const lease = await ann.claim({ topic: "work" }, { lease: "1h" });
    await ann.push("task", 2);
    const signal = lease?.signal as AbortSignal;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(signal.reason).toMatchObject({ code: "STALE_TOKEN" });
    await mesh.close();
  });

  it("aborts when the item expires before the lease ends", async () => {
    const mesh = new ContextMesh();
    const ann = mesh.agent("Ann");
    await ann.push("task", 1, { global: true, ttl: 30 });
    const lease = await ann.claim({ key: "task" }, { lease: "1h" });
    const signal = lease?.signal as AbortSignal;
    await lease?.extend("2h");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(signal.reason).toMatchObject({ code: "STALE_TOKEN" });
    expect(await ann.getItem("task")).toBeUndefined();
    await mesh.close();
  });

  it("is aborted if a token was refused before", async () => {
    const { mesh, ann } = await scene();
    const lease = await ann.claim({ topic: "work" }, { lease: "1h" });
    await ann.push("task", 2);
    await expect(lease?.extend("1h")).rejects.toMatchObject({ code: "STALE_TOKEN" });
    expect(lease?.signal.aborted).toBe(true);
    await mesh.close();
  });
});

describe("a worker", () => {
  it("keeps a delay that is longer than those that grow", async () => {
    const clock = manualClock();
    const { mesh, ann } = await scene(new MemoryStorage({ clock }));
    const stop = new AbortController();
    const fail = (): never => {
      stop.abort();
      throw new Error("rate limited");
    };
    await ann.work("work", fail, { retryIn: "5m", signal: stop.signal });
    clock.advance("4m");
    expect(await ann.claim({ topic: "work" })).toBeUndefined();
    clock.advance("1m");
    expect(await ann.claim({ topic: "work" })).toBeDefined();
    await mesh.close();
  });

  it("releases the item before it calls onError", async () => {
    const { mesh, ann } = await scene();
    const failing = (text: string) => (): never => {
      throw new Error(text);
    };
    const options = { retryIn: "1h", onError: failing("the listener failed") } as const;
    const work = ann.work("work", failing("the work failed"), options);
    await expect(work).rejects.toThrow("the listener failed");
    expect(await ann.getItem("task")).toMatchObject({ state: "open" });
    await mesh.close();
  });
});

describe("an explanation", () => {
  it("is one snapshot while subscriptions change", async () => {
    const { mesh, ann } = await scene();
    await mesh.agent("Bea").subscribe(["work"]);
    const bea = mesh.agent("Bea");
    const unsubscribed = bea.unsubscribe(["work"]);
    const { visible, reasons } = await bea.explain("task");
    expect(visible).toBe(reasons.length > 0);
    await unsubscribed;
    expect(await ann.explain("task")).toMatchObject({ visible: true });
    await mesh.close();
  });
});
