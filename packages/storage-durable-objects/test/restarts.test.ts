import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { CrashReport } from "./support/crash-run.ts";
import { TestedObjects } from "./support/tested-objects.ts";

const GLOBAL = { global: true } as const;
const isFull = process.env["SYNTHA_TESTS"] === "full";

/** Starts the runtime on the folder; it ends with the test, or earlier. */
async function start(folder?: string): Promise<TestedObjects> {
  const objects = await TestedObjects.start(folder);
  onTestFinished(() => objects.stop());
  return objects;
}

async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "syntha-durable-objects-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

it("loses no acknowledged write when its object is ended again and again", async () => {
  const { miniflare } = await start();
  const url = new URL(`/crashes?tenant=acme&pushes=${isFull ? 400 : 40}`, await miniflare.ready);
  const report = (await (await fetch(url)).json()) as CrashReport;
  const { acknowledged, unknown, codes, crashes, keys, watched } = report;
  expect(crashes).toBeGreaterThan(2);
  expect(acknowledged.filter((key) => !keys.includes(key))).toEqual([]);
  const known = new Set([...acknowledged, ...unknown, "last"]);
  expect(keys.filter((key) => !known.has(key))).toEqual([]);
  expect(codes.filter((code) => code !== "UNKNOWN_OUTCOME" && code !== "UNAVAILABLE")).toEqual([]);
  // The watch emitted each write once, however often its connection was lost.
  expect(watched.toSorted()).toEqual(keys.toSorted());
});

it("resumes leases, watches and expiry after a restart of the runtime", async () => {
  const folder = await tempFolder();
  const before = await start(folder);
  const mesh = before.mesh("acme");
  await mesh.agent("Bea").subscribe(["news"]);
  await mesh.agent("Ann").push("task", 1, GLOBAL);
  const lease = (await mesh.agent("Bea").claim({ key: "task" }, { lease: "1h" }))!;
  const { cursor } = await mesh.agent("Bea").changes();
  await mesh.agent("Ann").push("missed", 1, { topics: ["news"] });
  await mesh.agent("Ann").push("brief", 1, { topics: ["news"], ttl: 200 });
  await mesh.close();
  await before.stop();

  const after = await start(folder);
  const again = after.mesh("acme");
  const lines: string[] = [];
  // The alarm that was set before sweeps, also if it was due while the runtime was down.
  for await (const change of again.agent("Bea").watch({ since: cursor })) {
    if (change.type === "put") lines.push(`put ${change.item.key}`);
    if (change.type !== "expire") continue;
    lines.push(`expire ${change.key}`);
    break;
  }
  // Whether the item had expired when it was read depends on how long the restart took.
  expect(lines.filter((line) => line !== "put brief")).toEqual(["put missed", "expire brief"]);
  expect(await again.agent("Ann").claim({ key: "task" })).toBeUndefined();
  await again.agent("Bea").lease("task", lease.token).complete("done");
  expect(await again.system.get("task")).toBe("done");
  expect(await again.agent("Bea").subscriptions()).toEqual(["news"]);
  const storage = after.storage();
  await storage.open();
  expect(await storage.listTenants({ limit: 5 })).toEqual({ tenantIds: ["acme"], next: null });
});
