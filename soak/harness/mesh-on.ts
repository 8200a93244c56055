import { ContextMesh, type Storage } from "@syntha/core";

/** A mesh that does nothing but what it is told to. */
export function meshOn(storage: Storage, tenantId = "soak"): ContextMesh {
  return new ContextMesh({ storage, tenantId, sweepEvery: false, compactEvery: false });
}
