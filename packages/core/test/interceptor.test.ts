import {
  ContextMesh,
  type MeshInterceptor,
  type MeshOperation,
  TenantRegistry,
} from "@syntha/core";
import { expect, it } from "vitest";

/** Records operations and commits. */
function recorder() {
  const operations: MeshOperation[] = [];
  const commits: unknown[] = [];
  const interceptor: MeshInterceptor = {
    intercept(operation, run) {
      operations.push(operation);
      return run();
    },
    onCommitQueued: (commit) => void commits.push(commit),
  };
  return { interceptor, operations, commits };
}

it("passes the actor, the name and the arguments of each call", async () => {
  const { interceptor, operations } = recorder();
  const mesh = new ContextMesh({ tenantId: "acme", interceptor });
  const writer = mesh.agent("Writer");
  await writer.push("a", 1, { global: true });
  await mesh.system.getItem("a");
  await mesh.stats();
  const calls = operations.map(({ tenantId, actor, name, args }) => [tenantId, actor, name, args]);
  expect(calls).toEqual([
    ["acme", "Writer", "push", ["a", 1, { global: true }]],
    ["acme", null, "getItem", ["a"]],
    ["acme", null, "stats", []],
  ]);
  await mesh.close();
});

it("intercepts calls of leases, and each item of a worker", async () => {
  const { interceptor, operations } = recorder();
  const mesh = new ContextMesh({ interceptor });
  const worker = mesh.agent("Worker");
  await worker.subscribe(["tasks"]);
  await worker.push("a", 1, { topics: ["tasks"] });
  const lease = await worker.claim({ key: "a" });
  await lease?.extend("1m");
  await lease?.release();
  await mesh
    .agent("Other")
    .lease("a", "stale")
    .complete()
    .catch(() => undefined);
  const end = new AbortController();
  await worker.work("tasks", () => end.abort(), { signal: end.signal });
  const names = operations.map(({ name, isBackground }) => (isBackground ? `(${name})` : name));
  const all = "subscribe push claim extend release complete (claim) (work) complete";
  expect(names.join(" ")).toBe(all);
  expect(operations.find(({ name }) => name === "extend")?.args).toEqual(["a", "1m"]);
  await mesh.close();
});

it("passes each commit as the storage receives it", async () => {
  const { interceptor, commits } = recorder();
  const mesh = new ContextMesh({ interceptor });
  await Promise.all(["a", "b"].map((key) => mesh.system.push(key, 1, { global: true })));
  expect(commits).toMatchObject([{ ops: [{ key: "a" }] }, { ops: [{ key: "b" }] }]);
  await mesh.close();
});

it("intercepts background operations", async () => {
  const { interceptor, operations } = recorder();
  const mesh = new ContextMesh({ interceptor, sweepEvery: 1, compactEvery: 1 });
  await mesh.system.push("a", 1, { global: true });
  const background = () => operations.filter(({ isBackground }) => isBackground);
  await expect.poll(() => background().length).toBeGreaterThan(3);
  const names = new Set<string>(background().map(({ name }) => name));
  expect([...names].toSorted()).toEqual(["compact", "sweep"]);
  await mesh.close();
});

it("intercepts every mesh of a registry", async () => {
  const { interceptor, operations } = recorder();
  const tenants = new TenantRegistry({ interceptor });
  await tenants.mesh("a").agent("Writer").keys();
  await tenants.mesh("b").agent("Writer").keys();
  expect(operations.map(({ tenantId }) => tenantId)).toEqual(["a", "b"]);
  await tenants.close();
});
