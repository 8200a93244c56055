import { ContextMesh, type Storage } from "@syntha/core";

/** Creates a mesh without background tasks. */
export function createMesh(storage: Storage, tenantId = "soak"): ContextMesh {
  return new ContextMesh({ storage, tenantId, sweepEvery: false, compactEvery: false });
}
