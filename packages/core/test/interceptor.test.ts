import {
  ContextMesh,
  type MeshInterceptor,
  type MeshOperation,
  TenantRegistry,
} from "@syntha/core";
import { expect, it } from "vitest";

/** Writes down what it hears. */
function listener(): { observer: MeshInterceptor; heard: MeshOperation[]; commits: unknown[] } {
  const heard: MeshOperation[] = [];
  const commits: unknown[] = [];
  const observer: MeshInterceptor = {
    intercept(operation, run) {
      heard.push(operation);
      return run();
    },
    onCommitQueued: (commit) => void commits.push(commit),
  };
  return { observer, heard, commits };
}

it("tells its observer who asks for what, with what", async () => {
  const { observer: interceptor, heard } = listener();
  const mesh = new ContextMesh({ tenantId: "acme", interceptor });
  const writer = mesh.agent("Writer");
  await writer.push("a", 1, { global: true });
  await mesh.system.getItem("a");
  await mesh.stats();
  expect(heard.map(({ tenantId, actor, name, args }) => [tenantId, actor, name, args])).toEqual([
    ["acme", "Writer", "push", ["a", 1, { global: true }]],
    ["acme", null, "getItem", ["a"]],
    ["acme", null, "stats", []],
  ]);
  await mesh.close();
});

it("tells of leases and of each item that is worked on", async () => {
  const { observer: interceptor, heard } = listener();
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
  const names = heard.map(({ name, isBackground }) => (isBackground ? `(${name})` : name));
  expect(names.join(" ")).toBe(
    "subscribe push claim extend release complete (claim) (work) complete",
  );
  expect(heard.find(({ name }) => name === "extend")?.args).toEqual(["a", "1m"]);
  await mesh.close();
});

it("hands its observer each commit as the storage gets it", async () => {
  const { observer: interceptor, commits } = listener();
  const mesh = new ContextMesh({ interceptor });
  await Promise.all(["a", "b"].map((key) => mesh.system.push(key, 1, { global: true })));
  expect(commits).toMatchObject([{ ops: [{ key: "a" }] }, { ops: [{ key: "b" }] }]);
  await mesh.close();
});

it("tells of what the mesh does by itself", async () => {
  const { observer: interceptor, heard } = listener();
  const mesh = new ContextMesh({ interceptor, sweepEvery: 1, compactEvery: 1 });
  await mesh.system.push("a", 1, { global: true });
  await expect
    .poll(() => heard.filter(({ isBackground }) => isBackground).length)
    .toBeGreaterThan(3);
  const names = new Set(heard.filter(({ isBackground }) => isBackground).map(({ name }) => name));
  expect([...names].toSorted()).toEqual(["compact", "sweep"]);
  await mesh.close();
});

it("observes every mesh of a registry", async () => {
  const { observer: interceptor, heard } = listener();
  const tenants = new TenantRegistry({ interceptor });
  await tenants.mesh("a").agent("Writer").keys();
  await tenants.mesh("b").agent("Writer").keys();
  expect(heard.map(({ tenantId }) => tenantId)).toEqual(["a", "b"]);
  await tenants.close();
});
