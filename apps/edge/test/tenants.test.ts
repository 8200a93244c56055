import { ContextMesh } from "@syntha/core";
import { hashToken, newToken } from "@syntha/http";
import { DurableObjectStorage, type TenantNamespace } from "@syntha/storage-durable-objects";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleWorker } from "../src/local/bundle.ts";
import { app } from "../src/worker/app.ts";
import type { Env } from "../src/worker/env.ts";
import { compactAll } from "../src/worker/tenants.ts";

let miniflare: Miniflare;
let namespace: TenantNamespace;
beforeAll(async () => {
  miniflare = new Miniflare({
    modules: await bundleWorker(),
    compatibilityDate: "2026-07-01",
    durableObjects: { TENANTS: { className: "TenantObject", useSQLite: true } },
  });
  namespace = await miniflare.getDurableObjectNamespace("TENANTS");
  for (const tenantId of TENANTS) {
    const storage = new DurableObjectStorage({ namespace });
    const mesh = new ContextMesh({ storage, tenantId, sweepEvery: false });
    await mesh.system.push("it", 1, { global: true });
    await mesh.close();
  }
}, 60_000);
afterAll(() => miniflare.dispose());

const TENANTS = ["acme", "globex", "initech"];

/** The namespace, whose calls of a method fail for one tenant. Notes for which tenants the method is called. */
function failing(method: string, tenantId: string, error: Error) {
  const called: string[] = [];
  const TENANTS: TenantNamespace = {
    idFromName: (tenant) => ({ tenant, id: namespace.idFromName(tenant) }),
    get({ tenant, id }: { readonly tenant: string; readonly id: object }) {
      const stub = namespace.get(id as never) as Record<string, (...args: unknown[]) => unknown>;
      return {
        invoke(name: string, args: unknown[]) {
          if (name !== method) return stub["invoke"]?.(name, args);
          called.push(tenant);
          return tenant === tenantId ? Promise.reject(error) : stub["invoke"]?.(name, args);
        },
      };
    },
  };
  return { TENANTS, called };
}

const overloaded = (): Error => Object.assign(new Error("Overloaded."), { overloaded: true });

describe("the operator's routes", () => {
  it("compact all tenants, also if one of them can't be", async () => {
    const { TENANTS: failingTenants, called } = failing("compact", "acme", overloaded());
    const compacting = compactAll({ TENANTS: failingTenants, APPROVAL_KEY: "", HOST: "" });
    await expect(compacting).rejects.toMatchObject({ errors: [{ code: "UNAVAILABLE" }] });
    expect(called).toEqual(TENANTS);
  });

  it.each([
    ["a tenant that exists", "acme", undefined, 409],
    ["an overloaded object", "hooli", overloaded(), 503],
    ["a lost connection", "hooli", Object.assign(new Error("Lost."), { retryable: true }), 504],
  ])("answer an import into %s", async (_, tenantId, error, status) => {
    const operator = newToken();
    const request = (path: string, init: RequestInit, env: Partial<Env>): Promise<Response> => {
      const headers = { authorization: `Bearer ${operator}` };
      return Promise.resolve(app.request(path, { ...init, headers }, env));
    };
    const OPERATOR_SHA256 = await hashToken(operator);
    const env = { TENANTS: namespace, OPERATOR_SHA256 };
    const body = await (await request("/tenants/acme", {}, env)).text();
    const there = error && failing("load", tenantId, error).TENANTS;
    const imported = await request(
      `/tenants/${tenantId}`,
      { method: "PUT", body },
      { ...env, ...(there && { TENANTS: there }) },
    );
    expect(imported.status).toBe(status);
  });
});

it("reports a missing secret to the operator's log, rather than to the client", async () => {
  const answering = async (): Promise<Response> =>
    app.request("/live", {}, { TENANTS: namespace } as Partial<Env>);
  await expect(answering()).rejects.toMatchObject({ code: "MISCONFIGURED" });
});
