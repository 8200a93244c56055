import {
  compareTenants,
  ContextMesh,
  copyTenant,
  type CopyOptions,
  exportTenant,
  importTenant,
  type SynthaError,
  TenantRegistry,
  verifyTenant,
} from "@syntha/core";
import { decide, type FullStorage } from "@syntha/core/storage";
import { type HintCase, hintCases, openStorage, replacing, type Scene } from "./hint-case.ts";

const tenantId = "default";

const share = ({ ann }: Scene) => ann.push("a", 1, { global: true });

const copy = ({ storage, target }: Scene, options: Partial<CopyOptions> = {}) =>
  copyTenant({ from: storage, to: target, tenantId, ...options });

const drop = ({ target }: Scene) => new TenantRegistry({ storage: target }).drop(tenantId);

async function shareAndCopy(scene: Scene): Promise<void> {
  await share(scene);
  await copy(scene);
}

/** Copies a tenant in part, as a call that was cut off does. */
async function copyInPart(scene: Scene): Promise<void> {
  await scene.ann.pushMany(["a", "b", "c"].map((key) => ({ key, value: 1, global: true })));
  const ending = new AbortController();
  const part = { batch: 1, signal: ending.signal, onProgress: () => ending.abort() };
  await copy(scene, part).catch(() => undefined);
}

async function resume(scene: Scene): Promise<void> {
  if (!(await copy(scene)).resumed) throw new Error("It did not resume.");
}

async function linesOf(scene: Scene): Promise<string[]> {
  await share(scene);
  const lines: string[] = [];
  for await (const line of exportTenant({ storage: scene.storage, tenantId })) lines.push(line);
  return lines;
}

/** Loads a page that does not follow what was loaded. */
async function loadStrayPage({ storage, target }: Scene): Promise<void> {
  const { header } = await storage.dump({ tenantId, limit: 1, section: "agents" });
  await target.load({ tenantId, header: header!, records: [], after: "lost", progress: null });
}

/** Calls on whole tenants. */
export const COPIES: readonly HintCase[] = [
  ...hintCases("INVALID_TENANT", {
    "Pass the id of one user, customer or project.": [
      (scene) => copy(scene, { tenantId: undefined as never }),
      shareAndCopy,
    ],
  }),
  ...hintCases("INVALID_ARGUMENTS", {
    "Leave it out: pages of large values have fewer records anyway.": [
      (scene) => copy(scene, { batch: 0 }),
      shareAndCopy,
    ],
    "Write its items as another agent at the source": [
      async (scene) => {
        const route = { topics: [], subscribers: ["system"], global: false };
        const put = { type: "put", key: "plan", value: "1", route, routeIfNew: undefined } as const;
        const op = { ...put, expiry: undefined, ifRevision: undefined };
        await scene.storage.commit(tenantId, [{ actor: "system", ops: [op] }], decide);
        await copy(scene);
      },
      async (scene) => {
        await scene.mesh.system.push("plan", 1, { subscribers: ["Operator"] });
        await scene.mesh.compact({ log: { commits: 0 }, history: { commits: 0 } });
        await copy(scene);
      },
    ],
  }),
  ...hintCases("NOT_FOUND", {
    "A tenant exists from its first write on. `list()` of a TenantRegistry": [
      (scene) => copy(scene, { tenantId: "nobody" }),
      async (scene) => {
        await share(scene);
        const [id = ""] = await new TenantRegistry({ storage: scene.storage }).list();
        await copy(scene, { tenantId: id });
      },
    ],
    "It was dropped. Copy the tenant again from the beginning.": [
      async (scene) => {
        await share(scene);
        await loadStrayPage(scene);
      },
      (scene) => copy(scene),
    ],
  }),
  ...hintCases("TENANT_EXISTS", {
    "Choose another id with `targetTenantId` of copyTenant or `tenantId` of importTenant, or drop":
      [
        async (scene) => {
          await shareAndCopy(scene);
          await copy(scene);
        },
        async (scene) => {
          await copy(scene, { targetTenantId: "second" });
          const lines = await linesOf(scene);
          await importTenant({ storage: scene.target, lines, tenantId: "third" });
          await drop(scene);
          await copy(scene);
        },
      ],
    "Finish that copy from its own source, or drop it here and copy again.": [
      async (scene) => {
        await copyInPart(scene);
        const from = await openStorage();
        await new ContextMesh({ storage: from }).system.push("a", 1, { global: true });
        await copy(scene, { from });
      },
      async (scene) => {
        await copy(scene);
        await drop(scene);
        await copy(scene);
      },
    ],
  }),
  ...hintCases("UNAVAILABLE", {
    "Run one copy of a tenant at a time. A copy that is called again resumes where the last one ended.":
      [
        async (scene) => {
          await copyInPart(scene);
          await loadStrayPage(scene);
        },
        resume,
      ],
    "Wait until the copy is complete. Copy again to resume one that was interrupted, or drop": [
      async (scene) => {
        await copyInPart(scene);
        await pushToTarget(scene);
      },
      async (scene) => {
        await copy(scene);
        await pushToTarget(scene);
        await drop(scene);
        await copyInPart(scene);
        await drop(scene);
        await pushToTarget(scene);
      },
    ],
  }),
  ...hintCases("UNAVAILABLE", {
    "Verify it while its writers are stopped, or verify a copy.": [
      async (scene) => {
        await share(scene);
        const { storage } = scene;
        // Written to, and different, at each look.
        let writes = 0;
        const dump: FullStorage["dump"] = async (request) => {
          const page = await storage.dump(request);
          return { ...page, header: page.header && { ...page.header, headCommitId: ++writes } };
        };
        const close = async (): Promise<void> => undefined;
        await verifyTenant({ storage: replacing(storage, { dump, close }), tenantId });
      },
      async ({ storage }) => {
        const { equal } = await verifyTenant({ storage, tenantId });
        if (!equal) throw new Error("It differs.");
      },
    ],
  }),
  ...hintCases("ABORTED", {
    "Call verifyTenant again. It starts at the first record.": [
      async (scene) => {
        await share(scene);
        const { storage } = scene;
        await verifyTenant({ storage, tenantId, signal: AbortSignal.abort() });
      },
      ({ storage }) => verifyTenant({ storage, tenantId }),
    ],
    "Call copyTenant again with the same source. It resumes where it was aborted.": [
      async (scene) => {
        await copyInPart(scene);
        await copy(scene, { signal: AbortSignal.abort() });
      },
      resume,
    ],
    "Call compareTenants again. It starts at the first record.": [
      async (scene) => {
        await share(scene);
        const sides = { left: scene.storage, right: scene.storage, tenantId };
        await compareTenants({ ...sides, signal: AbortSignal.abort() });
      },
      ({ storage }) => compareTenants({ left: storage, right: storage, tenantId }),
    ],
    "Export the tenant again.": [
      async (scene) => {
        await share(scene);
        const { storage } = scene;
        await exportTenant({ storage, tenantId, signal: AbortSignal.abort() }).next();
      },
      linesOf,
    ],
    "Nothing was imported.": [
      async (scene) => {
        const lines = await linesOf(scene);
        await importTenant({ storage: scene.target, lines, signal: AbortSignal.abort() });
      },
      async (scene) => {
        if ((await new TenantRegistry({ storage: scene.target }).list()).includes(tenantId))
          throw new Error("Something was kept.");
        await importTenant({ storage: scene.target, lines: await linesOf(scene) });
      },
    ],
  }),
  ...hintCases("STORAGE_MISMATCH", {
    "Nothing was imported. Export the tenant again, and transfer the file as bytes.": [
      async (scene) => {
        const lines = (await linesOf(scene)).slice(0, -1);
        await importTenant({ storage: scene.target, lines });
      },
      async (scene) => importTenant({ storage: scene.target, lines: await linesOf(scene) }),
    ],
    'details.differences has the records. Drop "default" in the target storage': [
      async (scene) => {
        await share(scene);
        await copy(scene, { to: forgetful(scene.target) });
      },
      async (scene, { details }: SynthaError) => {
        if (!Array.isArray((details as { differences?: unknown }).differences))
          throw new Error("It names no differences.");
        await drop(scene);
        await copy(scene);
      },
    ],
  }),
];

const pushToTarget = ({ target }: Scene) =>
  new ContextMesh({ storage: target }).system.push("b", 1, { global: true });

/** A storage that loses the items that are loaded into it. */
function forgetful(storage: FullStorage): FullStorage {
  return replacing(storage, {
    close: () => Promise.resolve(),
    load: ({ records, ...page }) =>
      storage.load({ ...page, records: records.filter(({ type }) => type !== "item") }),
  });
}
