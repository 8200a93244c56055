import { ContextMesh } from "@syntha/core";
import { DurableObjectStorage, type TenantNamespace } from "../../src/index.ts";

const AGENTS = 10;

export interface ScaleReport {
  /** Tenants that the storage lists, in pages. */
  readonly listed: number;
  /** Tenants that do not have exactly what their agents wrote. */
  readonly wrong: readonly string[];
}

/** Lets ten agents of each of many tenants write and read at the same time, in a Worker. */
export async function scaleRun(namespace: TenantNamespace, tenants: number): Promise<ScaleReport> {
  const storage = new DurableObjectStorage({ namespace });
  const ids = Array.from({ length: tenants }, (_, n) => `customer ${n}`);
  const keeper = new ContextMesh({ storage, tenantId: "keeper", sweepEvery: false });
  await keeper.stats();
  const areRight = await Promise.all(ids.map((tenantId) => isRight(storage, tenantId)));
  let listed = 0;
  for (let after: string | null = ""; after !== null;) {
    const page: { tenantIds: readonly string[]; next: string | null } = await storage.listTenants({
      after,
      limit: 300,
    });
    listed += page.tenantIds.length;
    after = page.next;
  }
  await keeper.close();
  return { listed, wrong: ids.filter((_, n) => !areRight[n]) };
}

async function isRight(storage: DurableObjectStorage, tenantId: string): Promise<boolean> {
  const mesh = new ContextMesh({ storage, tenantId, sweepEvery: false, compactEvery: false });
  const agents = Array.from({ length: AGENTS }, (_, n) => mesh.agent(`Agent ${n}`));
  await Promise.all(
    agents.map(async (agent, n) => {
      await agent.subscribe([`topic ${n % 2}`]);
      await agent.push(`item ${n}`, { tenantId, n }, { topics: [`topic ${n % 2}`] });
    }),
  );
  const seen = await Promise.all(agents.map((agent) => agent.getAll()));
  const { revision } = await mesh.stats();
  await mesh.close();
  return seen.every((items, n) => {
    const expected = agents.flatMap((_, i) => (i % 2 === n % 2 ? [[`item ${i}`, i]] : []));
    return (
      revision === 2 * AGENTS &&
      Object.keys(items).length === expected.length &&
      expected.every(
        ([key, i]) => JSON.stringify(items[String(key)]) === JSON.stringify({ tenantId, n: i }),
      )
    );
  });
}
