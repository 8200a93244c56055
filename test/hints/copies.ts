import {
  compareTenants,
  ContextMesh,
  copyTenant,
  exportTenant,
  importTenant,
  MemoryStorage,
  type SynthaError,
  TenantRegistry,
} from "@syntha/core";
import { decide, type FullStorage, type LoadRequest } from "@syntha/core/storage";
import { hintCase, type HintCase, type Scene } from "./hint-case.ts";

const tenantId = "default";

/** Another open storage, which stays open. */
async function elsewhere(): Promise<FullStorage> {
  const storage = new MemoryStorage();
  await storage.open();
  await new ContextMesh({ storage, tenantId: "keeper", sweepEvery: false }).stats();
  return storage;
}

/** Storages to which a case began to copy. */
const targets = new WeakMap<Scene, FullStorage>();

async function targetOf(scene: Scene): Promise<FullStorage> {
  const known = targets.get(scene);
  if (known !== undefined) return known;
  const storage = await elsewhere();
  targets.set(scene, storage);
  return storage;
}

/** Copies a tenant in part, as a call that was cut off does. */
async function copyInPart(scene: Scene): Promise<FullStorage> {
  const to = await targetOf(scene);
  await scene.ann.pushMany(["a", "b", "c"].map((key) => ({ key, value: 1, global: true })));
  const ending = new AbortController();
  const copy = { from: scene.storage, to, tenantId, batch: 1, signal: ending.signal };
  await copyTenant({ ...copy, onProgress: () => ending.abort() }).catch(() => undefined);
  return to;
}

async function linesOf(scene: Scene): Promise<string[]> {
  await scene.ann.push("a", 1, { global: true });
  const lines: string[] = [];
  for await (const line of exportTenant({ storage: scene.storage, tenantId })) lines.push(line);
  return lines;
}

/** A page that does not follow what was loaded. */
async function strayPage(storage: FullStorage): Promise<LoadRequest> {
  const { header } = await storage.dump({ tenantId, limit: 1, section: "agents" });
  return {
    tenantId,
    header: header!,
    records: [],
    after: "lost",
    progress: null,
  };
}

/** Calls on whole tenants. */
export const COPIES: readonly HintCase[] = [
  hintCase(
    "INVALID_TENANT",
    "Pass the id of one user, customer or project.",
    async (scene) =>
      copyTenant({ from: scene.storage, to: await targetOf(scene), tenantId: undefined as never }),
    async (scene) => {
      await scene.ann.push("a", 1, { global: true });
      await copyTenant({ from: scene.storage, to: await targetOf(scene), tenantId });
    },
  ),
  hintCase(
    "INVALID_ARGUMENTS",
    "Leave it out: pages of large values have fewer records anyway.",
    async (scene) =>
      copyTenant({ from: scene.storage, to: await targetOf(scene), tenantId, batch: 0 }),
    async (scene) => {
      await scene.ann.push("a", 1, { global: true });
      await copyTenant({ from: scene.storage, to: await targetOf(scene), tenantId });
    },
  ),
  hintCase(
    "NOT_FOUND",
    "A tenant exists from its first write on. `list()` of a TenantRegistry",
    async (scene) =>
      copyTenant({ from: scene.storage, to: await targetOf(scene), tenantId: "nobody" }),
    async (scene) => {
      await scene.ann.push("a", 1, { global: true });
      const [id = ""] = await new TenantRegistry({ storage: scene.storage }).list();
      await copyTenant({ from: scene.storage, to: await targetOf(scene), tenantId: id });
    },
  ),
  hintCase(
    "TENANT_EXISTS",
    "Choose another id with `targetTenantId` of copyTenant or `tenantId` of importTenant, or drop",
    async (scene) => {
      await scene.ann.push("a", 1, { global: true });
      const copy = { from: scene.storage, to: await targetOf(scene), tenantId };
      await copyTenant(copy);
      await copyTenant(copy);
    },
    async (scene) => {
      const to = await targetOf(scene);
      await copyTenant({ from: scene.storage, to, tenantId, targetTenantId: "second" });
      await importTenant({ storage: to, lines: await linesOf(scene), tenantId: "third" });
      await new TenantRegistry({ storage: to }).drop(tenantId);
      await copyTenant({ from: scene.storage, to, tenantId });
    },
  ),
  hintCase(
    "TENANT_EXISTS",
    "Finish that copy from its own source, or drop it here and copy again.",
    async (scene) => {
      const to = await copyInPart(scene);
      const other = await elsewhere();
      const mesh = new ContextMesh({ storage: other });
      await mesh.system.push("a", 1, { global: true });
      await copyTenant({ from: other, to, tenantId });
    },
    async (scene) => {
      const to = await targetOf(scene);
      await copyTenant({ from: scene.storage, to, tenantId });
      await new TenantRegistry({ storage: to }).drop(tenantId);
      await copyTenant({ from: scene.storage, to, tenantId });
    },
  ),
  hintCase(
    "NOT_FOUND",
    "It was dropped. Copy the tenant again from the beginning.",
    async (scene) => {
      await scene.ann.push("a", 1, { global: true });
      await (await targetOf(scene)).load(await strayPage(scene.storage));
    },
    async (scene) => copyTenant({ from: scene.storage, to: await targetOf(scene), tenantId }),
  ),
  hintCase(
    "UNAVAILABLE",
    "Run one copy of a tenant at a time. A copy that is called again resumes where the last one ended.",
    async (scene) => {
      const to = await copyInPart(scene);
      await to.load(await strayPage(scene.storage));
    },
    async (scene) => {
      const copied = await copyTenant({ from: scene.storage, to: await targetOf(scene), tenantId });
      if (!copied.resumed) throw new Error("It did not resume.");
    },
  ),
  hintCase(
    "UNAVAILABLE",
    "Wait until the copy is complete. Copy again to resume one that was interrupted, or drop",
    async (scene) => {
      const to = await copyInPart(scene);
      await new ContextMesh({ storage: to }).system.push("b", 1, { global: true });
    },
    async (scene) => {
      const to = await targetOf(scene);
      await copyTenant({ from: scene.storage, to, tenantId });
      await new ContextMesh({ storage: to }).system.push("b", 1, { global: true });
      await new TenantRegistry({ storage: to }).drop(tenantId);
      await copyInPart(scene);
      await new TenantRegistry({ storage: to }).drop(tenantId);
      await new ContextMesh({ storage: to }).system.push("b", 1, { global: true });
    },
  ),
  hintCase(
    "INVALID_ARGUMENTS",
    "Write its items as another agent at the source",
    async (scene) => {
      const route = { topics: [], subscribers: ["system"], global: false };
      const put = { type: "put", key: "plan", value: "1", route, routeIfNew: undefined } as const;
      const op = { ...put, expiry: undefined, ifRevision: undefined };
      await scene.storage.commit(tenantId, [{ actor: "system", ops: [op] }], decide);
      await copyTenant({ from: scene.storage, to: await targetOf(scene), tenantId });
    },
    async (scene) => {
      await scene.mesh.system.push("plan", 1, { subscribers: ["Operator"] });
      await scene.mesh.compact({ log: { commits: 0 }, history: { commits: 0 } });
      await copyTenant({ from: scene.storage, to: await targetOf(scene), tenantId });
    },
  ),
  hintCase(
    "ABORTED",
    "Call copyTenant again with the same source. It resumes where it was aborted.",
    async (scene) => {
      const to = await copyInPart(scene);
      const signal = AbortSignal.abort();
      await copyTenant({ from: scene.storage, to, tenantId, signal });
    },
    async (scene) => {
      const copied = await copyTenant({ from: scene.storage, to: await targetOf(scene), tenantId });
      if (!copied.resumed) throw new Error("It did not resume.");
    },
  ),
  hintCase(
    "ABORTED",
    "Call compareTenants again. It starts at the first record.",
    async (scene) => {
      await scene.ann.push("a", 1, { global: true });
      const sides = { left: scene.storage, right: scene.storage, tenantId };
      await compareTenants({ ...sides, signal: AbortSignal.abort() });
    },
    ({ storage }) => compareTenants({ left: storage, right: storage, tenantId }),
  ),
  hintCase(
    "ABORTED",
    "Export the tenant again.",
    async (scene) => {
      await scene.ann.push("a", 1, { global: true });
      await exportTenant({ storage: scene.storage, tenantId, signal: AbortSignal.abort() }).next();
    },
    linesOf,
  ),
  hintCase(
    "ABORTED",
    "Nothing was imported.",
    async (scene) =>
      importTenant({
        storage: await targetOf(scene),
        lines: await linesOf(scene),
        signal: AbortSignal.abort(),
      }),
    async (scene) => {
      const to = await targetOf(scene);
      if ((await new TenantRegistry({ storage: to }).list()).includes(tenantId))
        throw new Error("Something was kept.");
      await importTenant({ storage: to, lines: await linesOf(scene) });
    },
  ),
  hintCase(
    "STORAGE_MISMATCH",
    "Nothing was imported. Export the tenant again, and transfer the file as bytes.",
    async (scene) =>
      importTenant({ storage: await targetOf(scene), lines: (await linesOf(scene)).slice(0, -1) }),
    async (scene) => importTenant({ storage: await targetOf(scene), lines: await linesOf(scene) }),
  ),
  hintCase(
    "STORAGE_MISMATCH",
    'details.differences has the records. Drop "default" in the target storage',
    async (scene) => {
      await scene.ann.push("a", 1, { global: true });
      const to = forgetful(await targetOf(scene));
      await copyTenant({ from: scene.storage, to, tenantId });
    },
    async (scene, { details }: SynthaError) => {
      if (!Array.isArray((details as { differences?: unknown }).differences))
        throw new Error("It names no differences.");
      const to = await targetOf(scene);
      await new TenantRegistry({ storage: to }).drop(tenantId);
      await copyTenant({ from: scene.storage, to, tenantId });
    },
  ),
];

/** A storage that loses the items that are loaded into it. */
function forgetful(storage: FullStorage): FullStorage {
  const lose = (request: LoadRequest): LoadRequest => ({
    ...request,
    records: request.records.filter(({ type }) => type !== "item"),
  });
  return new Proxy(storage, {
    get(target, name) {
      if (name === "load") return (request: LoadRequest) => target.load(lose(request));
      if (name === "close") return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
