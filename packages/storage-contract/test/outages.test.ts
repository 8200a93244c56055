import FakeTimers from "@sinonjs/fake-timers";
import {
  type ConnectionChange,
  ContextMesh,
  type ErrorCode,
  MemoryStorage,
  SynthaError,
  type WatchChange,
} from "@syntha/core";
import { macrotask } from "@syntha/core/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Feed, interruptibleStorage, type InterruptibleStorage } from "../src/harness/index.ts";

const isFull = process.env["SYNTHA_TESTS"] === "full";
/** A day in the full run, an hour otherwise. */
const LONG_MS = isFull ? 86_400_000 : 3_600_000;
/** Some turns of the event loop, so that pending work completes. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await macrotask();
}

const error = (code: ErrorCode): SynthaError =>
  new SynthaError(code, "It failed.", { hint: "Look at it." });

const route = { topics: ["jobs"] };

interface Scene {
  readonly mesh: ContextMesh;
  /** Another process. */
  readonly other: ContextMesh;
  readonly link: InterruptibleStorage;
  readonly changes: ConnectionChange[];
}

/** Interrupted before the mesh makes its first call, if `reason` is given. */
async function scene(reason?: SynthaError, listener?: () => unknown): Promise<Scene> {
  const memory = new MemoryStorage();
  const other = new ContextMesh({ storage: memory });
  await other.agent("Ann").subscribe(["jobs"]);
  const link = interruptibleStorage(memory);
  const changes: ConnectionChange[] = [];
  const onConnectionChange = listener ?? ((change: ConnectionChange) => void changes.push(change));
  // Housekeeping would call the storage at random moments.
  const housekeeping = { sweepEvery: false, compactEvery: false } as const;
  const mesh = new ContextMesh({ storage: link.storage, ...housekeeping, onConnectionChange });
  if (reason === undefined) await mesh.stats();
  else link.interrupt(reason);
  return { mesh, other, link, changes };
}

describe("Outages", () => {
  let clock: FakeTimers.Clock;
  beforeEach(() => {
    clock = FakeTimers.install({ now: Date.UTC(2030), toNotFake: ["nextTick"] });
  });
  afterEach(() => clock.uninstall());

  it("resume a watch within three seconds after a long time", async () => {
    const { mesh, other, link, changes } = await scene();
    const feed = new Feed(mesh.system.watch());
    await settle();
    link.interrupt();
    await other.system.push("during", 1, route);
    await clock.tickAsync(LONG_MS);
    expect(changes).toMatchObject([
      { status: "disconnected", tenantId: "default", error: { code: "UNAVAILABLE" } },
    ]);
    // Once every two seconds at most.
    expect(link.rejectedCalls).toBeGreaterThan(LONG_MS / 2_100);
    expect(link.rejectedCalls).toBeLessThan(LONG_MS / 900);
    link.restore();
    await clock.tickAsync(3_000);
    expect(await feed.lines(1)).toEqual(["put during=1"]);
    expect(changes).toMatchObject([
      { status: "disconnected" },
      { status: "reconnected", tenantId: "default" },
    ]);
    const [, reconnected] = changes;
    if (reconnected?.status !== "reconnected") throw new Error("It is not reconnected.");
    expect(reconnected.disconnectedMs).toBeGreaterThan(LONG_MS - 1);
    expect(reconnected.disconnectedMs).toBeLessThan(LONG_MS + 3_000);
    await mesh.close();
  });

  it("are reported once per mesh and to each listener", async () => {
    const { mesh, other, link, changes } = await scene();
    const own: string[] = [];
    const report =
      (name: string) =>
      ({ status }: ConnectionChange): unknown =>
        own.push(`${name} ${status}`);
    const feeds = [
      new Feed(mesh.system.watch({ onConnectionChange: report("first") })),
      new Feed(mesh.system.watch({ onConnectionChange: report("second") })),
      new Feed(mesh.system.watch()),
    ];
    const working = mesh
      .agent("Ann")
      .work("jobs", () => "done", { onConnectionChange: report("worker") });
    await settle();
    for (let n = 0; n < 2; n++) {
      link.interrupt();
      await other.system.push(`key ${n}`, 1, { global: true });
      await clock.tickAsync(10_000);
      link.restore();
      await clock.tickAsync(5_000);
    }
    for (const feed of feeds) expect(await feed.lines(2)).toEqual(["put key 0=1", "put key 1=1"]);
    const twice = ["disconnected", "reconnected", "disconnected", "reconnected"];
    expect(changes.map(({ status }) => status)).toEqual(twice);
    expect(own.toSorted()).toEqual(
      ["first", "second", "worker"].flatMap((name) =>
        twice.toSorted().map((status) => `${name} ${status}`),
      ),
    );
    await mesh.close();
    await working;
  });

  it("retry one read for many idle watches", async () => {
    const { mesh, other, link } = await scene();
    const watches = Array.from({ length: isFull ? 1_000 : 200 }, () => mesh.system.watch());
    await settle();
    link.interrupt();
    await other.system.push("during", 1, route);
    await clock.tickAsync(60_000);
    expect(link.rejectedCalls).toBeLessThan(100);
    link.restore();
    await clock.tickAsync(3_000);
    const next = await Promise.all(watches.map((watch) => watch.next()));
    expect(new Set(next.map(({ value }) => value?.type))).toEqual(new Set(["put"]));
    await mesh.close();
  });

  it("delay the start of watches and workers", async () => {
    const { mesh, other, link, changes } = await scene(error("UNAVAILABLE"));
    const statuses = (): string[] => changes.map(({ status }) => status);
    const feed = new Feed(mesh.agent("Bea").watch({ initial: true }));
    const stop = new AbortController();
    const working = mesh.agent("Ann").work("jobs", () => stop.abort(), { signal: stop.signal });
    await clock.tickAsync(60_000);
    expect(statuses()).toEqual(["disconnected"]);
    link.restore();
    await clock.tickAsync(3_000);
    expect(await feed.lines(1)).toEqual(["ready"]);
    expect(statuses()).toEqual(["disconnected", "reconnected"]);
    await other.system.push("job", 1, route);
    await working;
    await mesh.close();
  });

  it.each<[string, (scene: Scene, stop: AbortController) => Promise<unknown>]>([
    ["the signals of its watches and workers", async (_, stop) => stop.abort()],
    ["closing the mesh", ({ mesh }) => mesh.close()],
  ])("do not delay the end of watches after %s", async (_, end) => {
    const given = await scene();
    const { mesh, other, link } = given;
    const stop = new AbortController();
    const { signal } = stop;
    const watches = [mesh.system.watch({ signal }), mesh.system.watch({ initial: true, signal })];
    const working = mesh.agent("Ann").work("jobs", () => "done", { signal });
    await settle();
    link.interrupt();
    const late = mesh.system.watch({ signal });
    await other.system.push("during", 1, { global: true });
    await settle();
    expect(link.rejectedCalls).toBeGreaterThan(0);
    // The clock does not move from here on.
    await end(given, stop);
    await working;
    for (const watch of [...watches, late]) {
      let last: WatchChange | undefined;
      for await (const change of watch) last = change;
      expect(last?.type).not.toBe("put");
    }
    const calls = link.rejectedCalls;
    await clock.tickAsync(10_000);
    expect(link.rejectedCalls).toBe(calls);
    await mesh.close();
  });

  it("with calls that never return do not block close", async () => {
    const { mesh, other, link } = await scene();
    const watch = mesh.system.watch();
    await settle();
    Object.assign(link.storage, { log: () => new Promise(() => {}) });
    await other.system.push("key", 1, route);
    const late = mesh.system.watch({ initial: true });
    await settle();
    await mesh.close();
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    expect(await late.next()).toEqual({ done: true, value: undefined });
  });

  it("longer than a lease end a worker that was aborted", async () => {
    const { mesh, other, link } = await scene();
    const stop = new AbortController();
    const errors: unknown[] = [];
    await other.system.push("job", 1, route);
    const working = mesh.agent("Ann").work(
      "jobs",
      () => {
        link.interrupt();
        stop.abort();
        return "done";
      },
      { signal: stop.signal, lease: "30s", onError: (cause) => errors.push(cause) },
    );
    await clock.tickAsync(31_000);
    await working;
    expect(errors).toMatchObject([{ code: "UNAVAILABLE" }]);
    expect(await other.system.get("job")).toBe(1);
    await mesh.close();
  });

  it.each([
    () => {
      throw new Error("The listener failed.");
    },
    async () => {
      throw new Error("The listener failed.");
    },
  ])("continue when a listener throws", async (onConnectionChange) => {
    const { mesh, other, link } = await scene(undefined, onConnectionChange);
    const feed = new Feed(mesh.system.watch({ onConnectionChange }));
    await settle();
    link.interrupt();
    await other.system.push("during", 1, route);
    await clock.tickAsync(1_000);
    link.restore();
    await clock.tickAsync(3_000);
    expect(await feed.lines(1)).toEqual(["put during=1"]);
    await mesh.close();
  });
});

describe("Permanent errors", () => {
  it.each<ErrorCode>(["MISCONFIGURED", "STORAGE_MISMATCH", "FORBIDDEN"])(
    "%s ends watches and workers at once",
    async (code) => {
      const { mesh, changes } = await scene(error(code));
      await expect(mesh.system.watch().next()).rejects.toMatchObject({ code });
      await expect(mesh.system.watch({ initial: true }).next()).rejects.toMatchObject({ code });
      const errors: unknown[] = [];
      const onError = (...args: unknown[]): unknown => errors.push(args);
      await expect(mesh.agent("Ann").work("jobs", () => "done", { onError })).rejects.toMatchObject(
        { code },
      );
      expect(errors).toMatchObject([[{ code }, undefined]]);
      expect(changes).toEqual([]);
      await mesh.close();
    },
  );

  it("end a running watch after the changes read before", async () => {
    const { mesh, other, link } = await scene();
    const watch = mesh.system.watch();
    const errors: unknown[] = [];
    const working = mesh
      .agent("Ann")
      .work("none", () => "done", { onError: (cause) => errors.push(cause) });
    await other.agent("Ann").subscribe(["none"]);
    await mesh.system.push("before", 1, route);
    await settle();
    link.interrupt(error("MISCONFIGURED"));
    await other.system.push("after", 1, route);
    expect(await watch.next()).toMatchObject({ value: { item: { key: "before" } } });
    await expect(watch.next()).rejects.toMatchObject({ code: "MISCONFIGURED" });
    await expect(working).rejects.toMatchObject({ code: "MISCONFIGURED" });
    expect(errors).toMatchObject([{ code: "MISCONFIGURED" }]);
    const { changes } = await other.system.changes({ since: watch.cursor });
    expect(changes).toMatchObject([{ item: { key: "after" } }]);
    await mesh.close();
  });
});
