import { expect, it } from "vitest";
import {
  compareTenants,
  ContextMesh,
  copyTenant,
  exportTenant,
  importTenant,
  MemoryStorage,
} from "@syntha/core";

/** A storage in memory with the required methods only. */
class RequiredOnly extends MemoryStorage {
  override readonly supports = { compaction: false, dump: false, pastSubscriptions: false };
}

function open(): { mesh: ContextMesh; storage: RequiredOnly } {
  const storage = new RequiredOnly();
  return { storage, mesh: new ContextMesh({ storage, tenantId: "acme" }) };
}

const tenantId = "acme";

it("runs a mesh without any optional capability", async () => {
  const { mesh } = open();
  const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
  await ann.subscribe(["t"]);
  await bea.push("k", 1, { topics: ["t"] });
  expect(await ann.get("k")).toBe(1);
  expect(await ann.claim({ topic: "t" })).toMatchObject({ key: "k" });
  expect(await mesh.system.getAll()).toEqual({ k: 1 });
  await mesh.close();
});

it.for([
  [
    "copyTenant from",
    "dump",
    (storage: RequiredOnly) => copyTenant({ from: storage, to: new MemoryStorage(), tenantId }),
  ],
  [
    "copyTenant to",
    "dump",
    (storage: RequiredOnly) => copyTenant({ from: new MemoryStorage(), to: storage, tenantId }),
  ],
  [
    "compareTenants",
    "dump",
    (storage: RequiredOnly) =>
      compareTenants({ left: new MemoryStorage(), right: storage, tenantId }),
  ],
  ["exportTenant", "dump", (storage: RequiredOnly) => exportTenant({ storage, tenantId }).next()],
  ["importTenant", "dump", (storage: RequiredOnly) => importTenant({ storage, lines: [] })],
  ["mesh.compact", "compaction", (_: RequiredOnly, mesh: ContextMesh) => mesh.compact()],
  [
    "watch",
    "pastSubscriptions",
    (_: RequiredOnly, mesh: ContextMesh) => mesh.agent("Ann").watch().next(),
  ],
] as const)("rejects %s when the storage lacks the capability", async ([, capability, call]) => {
  const { storage, mesh } = open();
  await mesh.system.push("k", 1, { global: true });
  await expect(call(storage, mesh)).rejects.toMatchObject({
    code: "MISCONFIGURED",
    message: `The memory storage does not support ${capability}.`,
    details: { path: `supports.${capability}` },
  });
  await mesh.close();
});
