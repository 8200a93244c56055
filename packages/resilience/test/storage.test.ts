import { ContextMesh, SynthaError } from "@syntha/core";
import type { FullStorage } from "@syntha/core/storage";
import { type PolicyOptions, Policies, resilientStorage } from "@syntha/resilience";
import { expect, it, onTestFinished } from "vitest";
import {
  defect,
  FaultyStorage,
  lost,
  silent,
  slow,
  unavailable,
} from "./support/faulty-storage.ts";
import { read, write, writeOf } from "./support/operations.ts";

const QUICK: PolicyOptions = {
  breaker: { failures: 3, halfOpenAfter: "40ms" },
  retry: { retries: 2, delay: "1ms" },
  timeout: "30ms",
};

async function opened(options: PolicyOptions = QUICK) {
  const faulty = new FaultyStorage();
  const storage = resilientStorage(faulty, options);
  await storage.open();
  faulty.calls.length = 0;
  return { faulty, storage };
}

const READS: Readonly<Record<string, (storage: FullStorage) => Promise<unknown>>> = {
  get: (storage) => storage.get("acme", null, ["k"]),
  list: (storage) => storage.list("acme", { actor: null, limit: 1 }),
  events: (storage) => storage.events("acme", { actor: null, limit: 1 }),
  agents: (storage) => storage.agents("acme", { name: "Ann" }),
  topics: (storage) => storage.topics("acme", { limit: 1 }),
  stats: (storage) => storage.stats("acme"),
  log: (storage) => storage.log("acme", { after: "start", limit: 1 }),
  listTenants: (storage) => storage.listTenants({ limit: 1 }),
  dump: (storage) => storage.dump({ tenantId: "acme", section: "items", limit: 1 }),
};

/** Without a timeout. */
const LONG_READS = new Set(["listTenants", "dump"]);

it.each(Object.keys(READS))("reads again what failed: %s", async (method) => {
  const { faulty, storage } = await opened();
  faulty.failNext(unavailable, defect);
  await READS[method]!(storage);
  expect(faulty.calls).toEqual([method, method, method]);
});

it.each(Object.keys(READS).filter((method) => !LONG_READS.has(method)))(
  "waits no longer than it was told for an answer: %s",
  async (method) => {
    const { faulty, storage } = await opened({ ...QUICK, retry: false });
    faulty.fail(silent);
    await expect(READS[method]!(storage)).rejects.toMatchObject({
      code: "TIMEOUT",
      retryable: true,
    });
  },
);

it("reads again what did not answer in time", async () => {
  const { faulty, storage } = await opened();
  await write(storage, 1);
  faulty.failNext(silent);
  expect(await read(storage)).toBe("1");
});

it("writes again what is known not to have happened", async () => {
  const { faulty, storage } = await opened();
  faulty.failNext(unavailable, unavailable);
  expect(await write(storage, 1, writeOf("other", 2))).toMatchObject([
    { ok: true, position: 1 },
    { ok: true, position: 2 },
  ]);
  expect(faulty.calls).toEqual(["commit", "commit", "commit"]);
});

it("never repeats a write whose outcome is not known", async () => {
  const { faulty, storage } = await opened({ ...QUICK, breaker: false });
  faulty.failNext(lost);
  await expect(write(storage, 1)).rejects.toMatchObject({ code: "UNKNOWN_OUTCOME" });
  faulty.failNext(defect);
  await expect(write(storage, 2)).rejects.toThrow(TypeError);
  faulty.failNext(unavailable, lost);
  await expect(write(storage, 3)).rejects.toMatchObject({ code: "UNKNOWN_OUTCOME" });
  expect(faulty.calls).toEqual(["commit", "commit", "commit", "commit"]);
});

it("says of a write that did not answer in time that its outcome is not known, and does not repeat it", async () => {
  const { faulty, storage } = await opened();
  const answer = Promise.withResolvers<void>();
  faulty.failNext(async (run) => {
    await answer.promise;
    return run();
  });
  await expect(write(storage, 1)).rejects.toMatchObject({
    code: "UNKNOWN_OUTCOME",
    retryable: false,
    hint: expect.stringContaining("ifRevision"),
  });
  expect(faulty.calls).toEqual(["commit"]);
  answer.resolve();
  await expect.poll(() => read(storage)).toBe("1");
});

it("does not repeat the dropping of a tenant whose outcome is not known, and gives it its time", async () => {
  const { faulty, storage } = await opened();
  const drop = () => storage.dropTenant({ tenantId: "acme" });
  await write(storage, 1);
  faulty.failNext(lost);
  await expect(drop()).rejects.toMatchObject({ code: "UNKNOWN_OUTCOME" });
  faulty.failNext(slow);
  expect(await drop()).toEqual({ existed: false });
  faulty.failNext(unavailable);
  expect(await drop()).toEqual({ existed: false });
});

it("opens when the storage fails, answers at once, and closes when it is back", async () => {
  const { faulty, storage } = await opened({ ...QUICK, retry: false });
  faulty.fail(unavailable);
  for (let i = 0; i < 3; i++) await expect(read(storage)).rejects.toThrow("can't be reached");
  expect(storage.breaker.state).toBe("open");
  faulty.fail(undefined);
  await expect(write(storage, 1)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    details: { state: "open", retryAt: expect.any(Date) },
  });
  expect(faulty.calls).toEqual(["get", "get", "get"]);
  await expect.poll(() => write(storage, 1).catch(() => []), { interval: 5 }).toHaveLength(1);
  expect(storage.breaker.state).toBe("closed");
});

it("does not try again what an open circuit refused", async () => {
  const { faulty, storage } = await opened();
  faulty.fail(unavailable);
  // The third failure, that of the second retry, opens it.
  await expect(read(storage)).rejects.toThrow("can't be reached");
  for (let i = 0; i < 100; i++) await expect(read(storage)).rejects.toThrow("The circuit is open");
  expect(faulty.calls).toHaveLength(3);
  expect(storage.breaker.counts.refused).toBe(100);
});

it("lets exactly one of 64 calls probe, and answers the others as open", async () => {
  const { faulty, storage } = await opened({ ...QUICK, retry: false, timeout: false });
  await write(storage, 1);
  faulty.failNext(unavailable, unavailable, unavailable);
  for (let i = 0; i < 3; i++) await read(storage).catch(() => {});
  faulty.calls.length = 0;
  await new Promise((resolve) => setTimeout(resolve, 50));
  const probing = Promise.withResolvers<void>();
  faulty.failNext(async (run) => {
    await probing.promise;
    return run();
  });
  const answers = Promise.allSettled(Array.from({ length: 64 }, () => read(storage)));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(faulty.calls).toEqual(["get"]);
  probing.resolve();
  const settled = await answers;
  expect(settled.filter(({ status }) => status === "fulfilled")).toEqual([
    { status: "fulfilled", value: "1" },
  ]);
  expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(63);
  expect(storage.breaker.state).toBe("closed");
});

it("takes no refusal by the rules for a failure: the storage works", async () => {
  const { storage } = await opened();
  const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
  onTestFinished(() => mesh.close());
  await mesh.agent("Ann").push("mine", 1, { subscribers: ["Bea"] });
  for (let i = 0; i < 20; i++) {
    await expect(mesh.agent("Cem").push("mine", 2)).rejects.toMatchObject({ code: "KEY_TAKEN" });
    await expect(mesh.agent("Ann").push("mine", 2, { ifRevision: 7 })).rejects.toMatchObject({
      code: "CONFLICT",
    });
  }
  expect(storage.breaker).toMatchObject({ state: "closed", counts: { failures: 0 } });
});

it("refuses what is not a storage", () => {
  expect(() => resilientStorage("sqlite:mesh.db" as never)).toThrow(
    expect.objectContaining({ code: "MISCONFIGURED" }),
  );
});

it("neither retries nor hides a lasting misconfiguration", async () => {
  const { faulty, storage } = await opened();
  faulty.fail(async () => {
    throw new SynthaError("MISCONFIGURED", "password authentication failed");
  });
  for (let i = 0; i < 5; i++)
    await expect(read(storage)).rejects.toMatchObject({ code: "MISCONFIGURED", retryable: false });
  expect(faulty.calls).toHaveLength(5);
  expect(storage.breaker.state).toBe("closed");
});

it("counts what the user says", async () => {
  const { faulty, storage } = await opened({
    ...QUICK,
    countsAsFailure: (code) => code === "STORAGE_MISMATCH",
  });
  faulty.fail(unavailable);
  for (let i = 0; i < 5; i++) await read(storage).catch(() => {});
  expect(storage.breaker.state).toBe("closed");
  faulty.fail(async () => {
    throw new SynthaError("STORAGE_MISMATCH", "damaged");
  });
  for (let i = 0; i < 3; i++) await read(storage).catch(() => {});
  expect(storage.breaker.state).toBe("open");
});

it("goes by what counts by default where the user's own rule throws", async () => {
  const { faulty, storage } = await opened({
    ...QUICK,
    countsAsFailure() {
      throw new Error("a mistake in it");
    },
  });
  faulty.fail(unavailable);
  await expect(read(storage)).rejects.toThrow("can't be reached");
  expect(storage.breaker.state).toBe("open");
});

it("opens the storage again where it failed", async () => {
  const faulty = new FaultyStorage();
  const storage = resilientStorage(faulty, QUICK);
  faulty.failNext(unavailable, unavailable);
  await storage.open();
  expect(faulty.calls).toEqual(["open", "open", "open"]);
});

it("closes whatever the state of the circuit is", async () => {
  const { storage } = await opened();
  storage.breaker.isolate();
  await storage.close();
  storage.breaker.release();
  await expect(read(storage)).rejects.toMatchObject({ code: "CLOSED" });
});

it("gives the failure itself when the circuit opens by it, without waiting for a retry", async () => {
  const { faulty, storage } = await opened({
    ...QUICK,
    breaker: { failures: 1 },
    retry: { delay: "1h", longestDelay: "1h" },
  });
  faulty.fail(unavailable);
  await expect(read(storage)).rejects.toThrow("can't be reached");
});

it("lets watches live through an open circuit, and tells them what they missed", async () => {
  const { faulty, storage } = await opened({ ...QUICK, retry: false });
  const quiet = { sweepEvery: false, compactEvery: false } as const;
  const mesh = new ContextMesh({ storage, tenantId: "acme", ...quiet });
  onTestFinished(() => mesh.close());
  const watch = mesh.agent("Ann").watch();
  const next = async () => (await watch[Symbol.asyncIterator]().next()).value;
  const first = next();
  await mesh.system.push("a", 1, { global: true });
  expect(await first).toMatchObject({ type: "put", item: { key: "a" } });
  storage.breaker.isolate();
  const missed = next();
  // As another process writes it: the bell rings, and the watch's reading is refused.
  await write(faulty, 2);
  await expect.poll(() => storage.breaker.counts.refused).toBeGreaterThan(0);
  storage.breaker.release();
  expect(await missed).toMatchObject({ type: "put", item: { key: "k", value: 2 } });
  expect(storage.breaker.counts.failures).toBe(0);
});

it("takes no listening for a call", async () => {
  const { faulty, storage } = await opened();
  faulty.fail(unavailable);
  for (let i = 0; i < 10; i++) storage.onCommit("acme", () => {})();
  storage.breaker.isolate();
  storage.onCommit("acme", () => {})();
  expect(storage.breaker.counts).toEqual({ successes: 1, failures: 0, refused: 0 });
});

it("refuses calls beyond those that may be under way and wait", async () => {
  const { faulty, storage } = await opened({
    ...QUICK,
    timeout: false,
    bulkhead: { calls: 2, queue: 1 },
  });
  const answer = Promise.withResolvers<void>();
  faulty.fail(async (run) => {
    await answer.promise;
    return run();
  });
  const calls = Array.from({ length: 4 }, () => storage.stats("acme"));
  await expect(calls[3]).rejects.toMatchObject({
    code: "UNAVAILABLE",
    hint: expect.stringContaining("bulkhead"),
  });
  expect(faulty.calls).toHaveLength(2);
  answer.resolve();
  await Promise.all(calls.slice(0, 3));
  expect(faulty.calls).toHaveLength(3);
  expect(storage.breaker.counts.failures).toBe(0);
});

it("may share a circuit with others that have the same server behind them", async () => {
  const policies = new Policies({ ...QUICK, retry: false });
  const [one, other] = [new FaultyStorage(), new FaultyStorage()];
  const [first, second] = [resilientStorage(one, policies), resilientStorage(other, policies)];
  one.fail(unavailable);
  for (let i = 0; i < 3; i++) await first.stats("acme").catch(() => {});
  await expect(second.stats("acme")).rejects.toThrow("The circuit is open");
  expect(other.calls).toEqual([]);
});

it.each([
  [null, "options"],
  [{ breaker: null }, "breaker"],
  [{ retry: 3 }, "retry"],
  [{ bulkhead: 5 }, "bulkhead"],
  [{ onStateChange: {} }, "onStateChange"],
  [{ timeout: 0 }, "timeout"],
  [{ retry: { retries: -1 } }, "retry.retries"],
  [{ retry: { longestDelay: "2h" } }, "retry.longestDelay"],
  [{ bulkhead: {} }, "bulkhead.calls"],
  [{ retires: 3 }, "retires"],
  [{ countsAsFailure: true }, "countsAsFailure"],
])("refuses %j", (options, path) => {
  expect(() => new Policies(options as never)).toThrow(
    expect.objectContaining({
      code: "INVALID_ARGUMENTS",
      details: expect.objectContaining({ path }),
    }),
  );
});
