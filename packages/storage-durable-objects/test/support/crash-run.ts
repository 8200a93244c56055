import { ContextMesh, isSynthaError } from "@syntha/core";
import { DurableObjectStorage, type TenantNamespace } from "../../src/index.ts";

const WRITERS = ["Ann", "Bea", "Cid"];
const GLOBAL = { global: true } as const;

interface Crashing {
  crash(): Promise<void>;
}

/** What happened while the object of a tenant was ended repeatedly. */
export interface CrashReport {
  /** Keys whose pushes were acknowledged, and those whose outcome is unknown. */
  readonly acknowledged: readonly string[];
  readonly unknown: readonly string[];
  /** Codes that pushes were rejected with. */
  readonly codes: readonly string[];
  readonly crashes: number;
  /** Keys that the tenant has afterwards, and those that a watch emitted, in its order. */
  readonly keys: readonly string[];
  readonly watched: readonly string[];
}

/** Writes and watches in a Worker; ends the object after every tenth acknowledged write, while others are in progress. */
export async function crashRun(
  namespace: TenantNamespace,
  tenantId: string,
  pushes: number,
): Promise<CrashReport> {
  const open = (): ContextMesh =>
    new ContextMesh({
      storage: new DurableObjectStorage({ namespace }),
      tenantId,
      sweepEvery: false,
      compactEvery: false,
    });
  const report = {
    acknowledged: [] as string[],
    unknown: [] as string[],
    codes: [] as string[],
    crashes: 0,
    watched: [] as string[],
  };
  const meshes = WRITERS.map(open);
  const reader = open();
  const watching = watchUntilLast(reader, report.watched);
  const crashes: Promise<void>[] = [];
  const crash = async (): Promise<void> => {
    report.crashes++;
    const stub = namespace.get(namespace.idFromName(tenantId) as never) as Crashing;
    // The call itself fails, since its object has ended.
    await stub.crash().catch(() => undefined);
  };
  const writing = meshes.map(async (mesh, n) => {
    const agent = mesh.agent(WRITERS[n] ?? "");
    for (let i = 0; i < pushes; i++) {
      const key = `${agent.name} ${i}`;
      try {
        await agent.push(key, i, GLOBAL);
        report.acknowledged.push(key);
        if (report.acknowledged.length % 10 === 0) crashes.push(crash());
      } catch (error) {
        if (!isSynthaError(error)) throw error;
        report.codes.push(error.code);
        if (error.code === "UNKNOWN_OUTCOME") report.unknown.push(key);
      }
    }
  });
  await Promise.all(writing);
  await Promise.all(crashes);
  await reader.system.push("last", 0, GLOBAL);
  await watching;
  const keys = await reader.system.keys();
  await Promise.all([...meshes, reader].map((mesh) => mesh.close()));
  return { ...report, keys };
}

async function watchUntilLast(mesh: ContextMesh, watched: string[]): Promise<void> {
  for await (const change of mesh.system.watch()) {
    if (change.type !== "put") continue;
    watched.push(change.item.key);
    if (change.item.key === "last") return;
  }
}
