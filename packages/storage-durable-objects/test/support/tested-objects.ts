import { ContextMesh, type MeshOptions, type Untyped } from "@syntha/core";
import type { Miniflare } from "miniflare";
import { onTestFinished } from "vitest";
import { DurableObjectStorage, type TenantNamespace } from "../../src/index.ts";
import type { Inspection } from "./objects-worker.ts";
import { startWorker } from "./start-objects.ts";

/** The objects of a namespace, as Node reaches them. */
export class TestedObjects {
  readonly miniflare: Miniflare;
  readonly namespace: TenantNamespace;

  #stopping: Promise<void> | undefined;

  private constructor(miniflare: Miniflare, namespace: TenantNamespace) {
    this.miniflare = miniflare;
    this.namespace = namespace;
  }

  /** @param folder Where they outlive this runtime. */
  static async start(folder?: string): Promise<TestedObjects> {
    const miniflare = await startWorker("objects-worker.ts", "TestedObject", {
      ...(folder !== undefined && { durableObjectsPersist: folder }),
      durableObjects: {
        TENANTS: { className: "TestedObject", useSQLite: true },
        WITHOUT_SQLITE: { className: "WithoutSqlite", useSQLite: false },
        OTHER: { className: "OtherObject", useSQLite: true },
      },
    });
    const namespace = await miniflare.getDurableObjectNamespace("TENANTS");
    return new TestedObjects(miniflare, namespace);
  }

  storage(): DurableObjectStorage {
    return new DurableObjectStorage({ namespace: this.namespace });
  }

  /** A mesh with another storage, as another process has it; closed at the end of the test. */
  mesh(
    tenantId: string,
    storage = this.storage(),
    options: Omit<MeshOptions<Untyped>, "schema"> = {},
  ): ContextMesh {
    const periods = { sweepEvery: false, compactEvery: false } as const;
    const mesh: ContextMesh = new ContextMesh({ ...periods, ...options, storage, tenantId });
    onTestFinished(() => mesh.close());
    return mesh;
  }

  inspect(tenantId: string): Promise<Inspection> {
    const { namespace } = this;
    const stub = namespace.get(namespace.idFromName(tenantId) as never);
    return (stub as { inspect(): Promise<Inspection> }).inspect();
  }

  /** Ends the runtime; once is enough. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.miniflare.dispose());
  }
}
