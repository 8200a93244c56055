import { ContextMesh, SynthaError } from "@syntha/core";
import type { FullStorage } from "@syntha/core/storage";
import { type PolicyOptions, Policies, resilientStorage } from "@syntha/resilience";
import { expect, it, onTestFinished } from "vitest";
import { defect, FaultyStorage, lost, silent, slow, unavailable } from "./support/faulty.ts";
import { read, write, writeOf } from "./support/operations.ts";
import { HOUR, stopClock } from "./support/stop-clock.ts";

/** A busy machine reaches none of these times. */
const QUICK: PolicyOptions = {
  breaker: { failures: 3, halfOpenAfter: "1h" },
  retry: { retries: 2, initialDelay: "1ms" },
  timeout: "30s",
};
const SHORT: PolicyOptions = { ...QUICK, timeout: "100ms" };

async function opened(options: PolicyOptions = QUICK) {
  const faulty = new FaultyStorage();
  const storage = resilientStorage(faulty, options);
  await storage.open();
  faulty.calls.length = 0;
  return { faulty, storage };
}

/** A fault that answers once it is resolved. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { resolve, fault: <T>(run: () => Promise<T>) => promise.then(run) };
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

it.each(Object.keys(READS))("retries a failed read: %s", async (method) => {
  const { faulty, storage } = await opened();
  faulty.failNext(unavailable, defect);
  await READS[method]!(storage);
  expect(faulty.calls).toEqual([method, method, method]);
});

it.each(Object.keys(READS).filter((method) => !LONG_READS.has(method)))(
  "times out: %s",
  async (method) => {
    const { faulty, storage } = await opened({ ...SHORT, retry: false });
    faulty.fail(silent);
    const error = { code: "TIMEOUT", retryable: true };
    await expect(READS[method]!(storage)).rejects.toMatchObject(error);
  },
);

it("retries a read that timed out", async () => {
  const { faulty, storage } = await opened(SHORT);
  await write(faulty, 1);
  faulty.failNext(silent);
  expect(await read(storage)).toBe("1");
});

it("retries a write that did not happen", async () => {
  const { faulty, storage } = await opened();
  faulty.failNext(unavailable, unavailable);
  expect(await write(storage, 1, writeOf("other", 2))).toMatchObject([
    { ok: true, position: 1 },
    { ok: true, position: 2 },
  ]);
  expect(faulty.calls).toEqual(["commit", "commit", "commit"]);
});

it("never retries a write whose outcome is unknown", async () => {
  const { faulty, storage } = await opened({ ...QUICK, breaker: false });
  faulty.failNext(lost);
  await expect(write(storage, 1)).rejects.toMatchObject({ code: "UNKNOWN_OUTCOME" });
  faulty.failNext(defect);
  await expect(write(storage, 2)).rejects.toThrow(TypeError);
  faulty.failNext(unavailable, lost);
  await expect(write(storage, 3)).rejects.toMatchObject({ code: "UNKNOWN_OUTCOME" });
  expect(faulty.calls).toEqual(["commit", "commit", "commit", "commit"]);
});

it("rejects a write that timed out with UNKNOWN_OUTCOME", async () => {
  const { faulty, storage } = await opened(SHORT);
  const answer = held();
  faulty.failNext(answer.fault);
  await expect(write(storage, 1)).rejects.toMatchObject({
    code: "UNKNOWN_OUTCOME",
    retryable: false,
    hint: expect.stringContaining("ifRevision"),
  });
  expect(faulty.calls).toEqual(["commit"]);
  answer.resolve();
  await expect.poll(() => read(storage)).toBe("1");
});

it("drops a tenant without a timeout and without a retry", async () => {
  const { faulty, storage } = await opened(SHORT);
  const drop = () => storage.dropTenant({ tenantId: "acme" });
  await write(faulty, 1);
  faulty.failNext(lost);
  await expect(drop()).rejects.toMatchObject({ code: "UNKNOWN_OUTCOME" });
  faulty.failNext(slow);
  expect(await drop()).toEqual({ existed: false });
  faulty.failNext(unavailable);
  expect(await drop()).toEqual({ existed: false });
});

it("opens when the storage fails and closes after it recovers", async () => {
  const pass = stopClock();
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
  pass(HOUR);
  expect(await write(storage, 1)).toHaveLength(1);
  expect(storage.breaker.state).toBe("closed");
});

it("does not retry a call that the circuit refused", async () => {
  const { faulty, storage } = await opened({
    ...QUICK,
    breaker: { failures: 3, halfOpenAfter: "1h" },
  });
  faulty.fail(unavailable);
  // The third failure, of the second retry, opens it.
  await expect(read(storage)).rejects.toThrow("can't be reached");
  for (let i = 0; i < 100; i++) await expect(read(storage)).rejects.toThrow("The circuit is open");
  expect(faulty.calls).toHaveLength(3);
  expect(storage.breaker.counts.refused).toBe(100);
});

it("admits one of 64 concurrent calls as a probe", async () => {
  const pass = stopClock();
  const { faulty, storage } = await opened({ ...QUICK, retry: false, timeout: false });
  await write(storage, 1);
  faulty.failNext(unavailable, unavailable, unavailable);
  for (let i = 0; i < 3; i++) await read(storage).catch(() => {});
  faulty.calls.length = 0;
  pass(HOUR);
  const probing = held();
  faulty.failNext(probing.fault);
  const answers = Promise.allSettled(Array.from({ length: 64 }, () => read(storage)));
  await expect.poll(() => storage.breaker.counts.refused).toBe(63);
  expect(faulty.calls).toEqual(["get"]);
  probing.resolve();
  const settled = await answers;
  expect(settled.filter(({ status }) => status === "fulfilled")).toEqual([
    { status: "fulfilled", value: "1" },
  ]);
  expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(63);
  expect(storage.breaker.state).toBe("closed");
});

it("does not count refusals by the rules", async () => {
  const { storage } = await opened();
  const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
  onTestFinished(() => mesh.close());
  await mesh.agent("Ann").push("mine", 1, { subscribers: ["Bea"] });
  for (let i = 0; i < 20; i++) {
    await expect(mesh.agent("Cem").push("mine", 2)).rejects.toMatchObject({ code: "KEY_TAKEN" });
    const stale = mesh.agent("Ann").push("mine", 2, { ifRevision: 7 });
    await expect(stale).rejects.toMatchObject({ code: "CONFLICT" });
  }
  expect(storage.breaker).toMatchObject({ state: "closed", counts: { failures: 0 } });
});

it("refuses a value that is not a storage", () => {
  expect(() => resilientStorage("sqlite:mesh.db" as never)).toThrow(
    expect.objectContaining({ code: "MISCONFIGURED" }),
  );
});

it("neither retries nor counts MISCONFIGURED", async () => {
  const { faulty, storage } = await opened();
  faulty.fail(async () => {
    throw new SynthaError("MISCONFIGURED", "password authentication failed");
  });
  for (let i = 0; i < 5; i++)
    await expect(read(storage)).rejects.toMatchObject({ code: "MISCONFIGURED", retryable: false });
  expect(faulty.calls).toHaveLength(5);
  expect(storage.breaker.state).toBe("closed");
});

it("counts failures by a custom rule", async () => {
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

it("uses the default rule when the custom rule throws", async () => {
  const { faulty, storage } = await opened({
    ...QUICK,
    countsAsFailure() {
      throw new Error("the rule fails");
    },
  });
  faulty.fail(unavailable);
  await expect(read(storage)).rejects.toThrow("can't be reached");
  expect(storage.breaker.state).toBe("open");
});

it("retries opening the storage", async () => {
  const faulty = new FaultyStorage();
  const storage = resilientStorage(faulty, QUICK);
  faulty.failNext(unavailable, unavailable);
  await storage.open();
  expect(faulty.calls).toEqual(["open", "open", "open"]);
});

it("closes in any state of the circuit", async () => {
  const { storage } = await opened();
  storage.breaker.isolate();
  await storage.close();
  storage.breaker.release();
  await expect(read(storage)).rejects.toMatchObject({ code: "CLOSED" });
});

it("rejects at once with the failure that opens the circuit", async () => {
  const { faulty, storage } = await opened({
    ...QUICK,
    breaker: { failures: 1 },
    retry: { initialDelay: "1h", maxDelay: "1h" },
  });
  faulty.fail(unavailable);
  await expect(read(storage)).rejects.toThrow("can't be reached");
});

it("resumes watches after an isolated circuit", async () => {
  const { faulty, storage } = await opened({ ...QUICK, retry: false });
  const options = { sweepEvery: false, compactEvery: false } as const;
  const mesh = new ContextMesh({ storage, tenantId: "acme", ...options });
  onTestFinished(() => mesh.close());
  const watch = mesh.agent("Ann").watch();
  const next = async () => (await watch[Symbol.asyncIterator]().next()).value;
  const first = next();
  await mesh.system.push("a", 1, { global: true });
  expect(await first).toMatchObject({ type: "put", item: { key: "a" } });
  storage.breaker.isolate();
  const missed = next();
  // A write of another process: the watch is notified, and its read is refused.
  await write(faulty, 2);
  await expect.poll(() => storage.breaker.counts.refused).toBeGreaterThan(0);
  storage.breaker.release();
  expect(await missed).toMatchObject({ type: "put", item: { key: "k", value: 2 } });
  expect(storage.breaker.counts.failures).toBe(0);
});

it("does not count commit listeners as calls", async () => {
  const { faulty, storage } = await opened();
  faulty.fail(unavailable);
  for (let i = 0; i < 10; i++) storage.onCommit("acme", () => {})();
  storage.breaker.isolate();
  storage.onCommit("acme", () => {})();
  expect(storage.breaker.counts).toEqual({ successes: 1, failures: 0, refused: 0 });
});

it("refuses calls beyond the limit and queue of the bulkhead", async () => {
  const bulkhead = { limit: 2, queue: 1 };
  const { faulty, storage } = await opened({ ...QUICK, timeout: false, bulkhead });
  const answer = held();
  faulty.fail(answer.fault);
  const calls = Array.from({ length: 4 }, () => storage.stats("acme"));
  const hint = expect.stringContaining("bulkhead");
  await expect(calls[3]).rejects.toMatchObject({ code: "UNAVAILABLE", hint });
  expect(faulty.calls).toHaveLength(2);
  answer.resolve();
  await Promise.all(calls.slice(0, 3));
  expect(faulty.calls).toHaveLength(3);
  expect(storage.breaker.counts.failures).toBe(0);
});

it("shares a circuit between storages", async () => {
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
  [{ retry: { maxDelay: "2h" } }, "retry.maxDelay"],
  [{ bulkhead: {} }, "bulkhead.limit"],
  [{ countsAsFailure: true }, "countsAsFailure"],
])("refuses %j", (options, path) => {
  const details = expect.objectContaining({ path });
  const refusal = expect.objectContaining({ code: "INVALID_ARGUMENTS", details });
  expect(() => new Policies(options as never)).toThrow(refusal);
});
