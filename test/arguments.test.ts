import {
  compareTenants,
  ContextMesh,
  copyTenant,
  exportTenant,
  federate,
  importTenant,
  isSynthaError,
  MemoryStorage,
  TenantRegistry,
  verifyTenant,
} from "@syntha/core";
import { describe, expect, it } from "vitest";

const KINDS: readonly unknown[] = [
  undefined,
  null,
  5,
  "x",
  true,
  Symbol("s"),
  1n,
  [],
  {},
  () => 1,
  new Date(Number.NaN),
  Object.create(null),
  new Proxy({}, {}),
  [undefined],
  [null],
  [[]],
  [{}],
  [Symbol("s")],
];

type Method = (...args: unknown[]) => unknown;
type Target = (mesh: ContextMesh) => object | Promise<object>;

const ROUTE = { global: true };
const agent: Target = (mesh) => mesh.agent("Ann");

async function lease(mesh: ContextMesh): Promise<object> {
  await mesh.agent("Ann").push("it", 1, ROUTE);
  return (await mesh.agent("Ann").claim({ key: "it" }))!;
}

/** Right arguments of calls, and what has the method. */
const CALLS: Readonly<Record<string, readonly [Target, unknown[]]>> = {
  push: [agent, ["it", 1, ROUTE]],
  pushMany: [agent, [[{ key: "it", value: 1, ...ROUTE }]]],
  update: [agent, ["it", () => 1, ROUTE]],
  merge: [agent, ["it", { a: 1 }, ROUTE]],
  append: [agent, ["it", 1, ROUTE]],
  increment: [agent, ["it", 1, ROUTE]],
  get: [agent, ["it"]],
  getItem: [agent, ["it"]],
  getItems: [agent, [["it"]]],
  getMany: [agent, [["it"]]],
  getAll: [agent, [{}]],
  keys: [agent, [{}]],
  list: [agent, [{}]],
  delete: [agent, ["it", {}]],
  deleteMany: [agent, [["it"], {}]],
  subscribe: [agent, [["t"]]],
  unsubscribe: [agent, [["t"]]],
  subscriptions: [agent, [{ at: 1 }]],
  topics: [agent, [{}]],
  can: [agent, [{ global: true }]],
  changes: [agent, [{}]],
  claim: [agent, [{ key: "it" }, {}]],
  work: [agent, ["t", () => 1, { signal: AbortSignal.abort() }]],
  retry: [agent, ["it"]],
  publish: [agent, ["happened", 1, ROUTE]],
  events: [agent, [{}]],
  explain: [(mesh) => mesh.system, ["Ann", "it"]],
  explainMany: [(mesh) => mesh.system, ["Ann", ["it"]]],
  audience: [(mesh) => mesh.system, ["it", {}]],
  log: [(mesh) => mesh.system, [{}]],
  leases: [(mesh) => mesh.system, [{}]],
  history: [(mesh) => mesh.system, ["it"]],
  restore: [(mesh) => mesh.system, ["it", 1]],
  "system.release": [
    (mesh) => ({ run: (...args: [never, never]) => mesh.system.release(...args) }),
    ["it", {}],
  ],
  agent: [(mesh) => mesh, ["Ann"]],
  agents: [(mesh) => mesh, [{}]],
  subscribers: [(mesh) => mesh, ["t"]],
  deleteTopic: [(mesh) => mesh, ["t"]],
  setPermissions: [(mesh) => mesh, ["Ann", null]],
  permissions: [(mesh) => mesh, ["Ann"]],
  at: [(mesh) => mesh, [0, {}]],
  compact: [(mesh) => mesh, [{}]],
  extend: [lease, ["30s"]],
  complete: [lease, ["done", {}]],
  handOff: [lease, ["next", {}]],
  release: [lease, [{}]],
  mesh: [() => new TenantRegistry(), ["acme"]],
  stats: [() => new TenantRegistry(), ["acme"]],
  drop: [() => new TenantRegistry(), ["acme"]],
  "new ContextMesh": [() => ({ run: (options: never) => new ContextMesh(options) }), [{}]],
  "new TenantRegistry": [() => ({ run: (options: never) => new TenantRegistry(options) }), [{}]],
  "new MemoryStorage": [() => ({ run: (options: never) => new MemoryStorage(options) }), [{}]],
  federate: [() => ({ run: federate }), [{}]],
  copyTenant: [() => ({ run: copyTenant }), [{}]],
  compareTenants: [() => ({ run: compareTenants }), [{}]],
  verifyTenant: [() => ({ run: verifyTenant }), [{}]],
  importTenant: [() => ({ run: importTenant }), [{}]],
  exportTenant: [() => ({ run: (options: never) => exportTenant(options).next() }), [{}]],
};

describe("arguments of any kind", () => {
  it.each(Object.entries(CALLS))(
    "are accepted, or refused with a SynthaError: %s",
    async (name, [targetOf, args]) => {
      const failures: unknown[] = [];
      for (const at of args.keys()) {
        for (const kind of KINDS) {
          await using mesh = new ContextMesh({ sweepEvery: false, compactEvery: false });
          const target = (await targetOf(mesh)) as Record<string, Method>;
          const given = args.with(at, kind);
          try {
            await (target[name] ?? target["run"])!.call(target, ...given);
          } catch (error) {
            if (!isSynthaError(error)) failures.push([at, kind, error]);
          }
        }
      }
      expect(failures).toEqual([]);
    },
  );
});
