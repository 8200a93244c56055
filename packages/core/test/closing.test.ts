import { spawnSync } from "node:child_process";
import { ContextMesh, MemoryStorage, type StandardSchema, TenantRegistry } from "@syntha/core";
import { expect, it } from "vitest";

it("lets a worker finish its item, and claim no more", async () => {
  const mesh = new ContextMesh();
  const agent = mesh.agent("Ann");
  await agent.subscribe(["jobs"]);
  await mesh.system.pushMany([
    { key: "first", value: 1, topics: ["jobs"] },
    { key: "second", value: 2, topics: ["jobs"] },
  ]);
  const done: string[] = [];
  let start: () => void;
  const started = new Promise<void>((resolve) => (start = resolve));
  const working = agent.work("jobs", async ({ key }) => {
    start();
    await new Promise((resolve) => void setTimeout(resolve, 30));
    done.push(key);
  });
  await started;
  await mesh.close();
  await working;
  expect(done).toEqual(["first"]);
});

it("waits for a write whose schema takes its time", async () => {
  const storage = new MemoryStorage();
  const other = new ContextMesh({ storage });
  await other.system.keys();
  const slow: StandardSchema<number> = {
    "~standard": {
      version: 1,
      vendor: "test",
      async validate(value) {
        await new Promise((resolve) => void setTimeout(resolve, 20));
        return { value: value as number };
      },
    },
  };
  const mesh = new ContextMesh({ storage, schema: { items: { "*": slow } } });
  await mesh.system.keys();
  const pushing = mesh.system.push("late", 1, { global: true });
  await mesh.close();
  expect(await other.system.keys()).toEqual(["late"]);
  expect((await pushing).created).toBe(true);
  await other.close();

  const tenants = new TenantRegistry({ schema: { items: { "*": slow } } });
  await tenants.mesh("acme").system.push("first", 1, { global: true });
  const last = tenants.mesh("acme").system.push("last", 1, { global: true });
  expect(await tenants.drop("acme")).toBe(true);
  await last;
  expect(await tenants.list()).toEqual([]);
  await tenants.close();
});

it("does not wait for a schema that never answers", async () => {
  const storage = new MemoryStorage();
  const silent: StandardSchema<number> = {
    "~standard": { version: 1, vendor: "test", validate: () => new Promise(() => undefined) },
  };
  const mesh = new ContextMesh({ storage, schema: { items: { "*": silent } } });
  await mesh.system.keys();
  void mesh.system.push("never", 1, { global: true });
  await mesh.close();
  await expect(mesh.system.keys()).rejects.toMatchObject({ code: "CLOSED" });
});

it("aborts the signal of a lease that is first read while the mesh closes", async () => {
  const mesh = new ContextMesh();
  const agent = mesh.agent("Ann");
  await agent.push("task", 1, { global: true });
  const lease = await agent.claim({ key: "task" }, { lease: "1h" });
  await mesh.close();
  expect(lease?.signal.aborted).toBe(true);
  expect(lease?.signal.reason).toMatchObject({ code: "ABORTED" });
});

// With an open timer or socket, the program would not exit.
const PROGRAM = `
import { ContextMesh } from "@syntha/core";
const mesh = new ContextMesh();
const agent = mesh.agent("Ann");
await agent.subscribe(["jobs"]);
await agent.push("kept", 1, { topics: ["jobs"], ttl: "1h" });
const watch = agent.watch({ initial: true });
await watch.next();
const idle = agent.watch();
const working = agent.work("jobs", async () => "done", { lease: "1h" });
const other = mesh.system;
const lease = await other.push("task", 1, { global: true }).then(() => other.claim({ key: "task" }, { lease: "1d" }));
lease.signal.addEventListener("abort", () => undefined);
const slow = agent.watch({ buffer: 1 });
await new Promise((resolve) => setTimeout(resolve, 50));
await mesh.close();
await working;
const left = process.getActiveResourcesInfo().filter((name) => !/^(TTYWrap|PipeWrap|FSReqPromise|CloseReq)$/.test(name));
if (left.length > 0) { console.log(left.join()); process.exitCode = 3; }
`;

const run = (source: string): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, ["--input-type=module", "--eval", source], {
    cwd: import.meta.dirname,
    encoding: "utf8",
    timeout: 100_000,
  });

it("lets a program exit after closing", () => {
  const { status, stdout, stderr } = run(PROGRAM);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
});

it("lets a program exit despite periodic sweeps", () => {
  const { status } = run(`
    import { ContextMesh } from "@syntha/core";
    await new ContextMesh().system.push("a", 1, { global: true, ttl: "1h" });
  `);
  expect(status).toBe(0);
});
