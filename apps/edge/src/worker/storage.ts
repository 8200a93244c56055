import { ContextMesh } from "@syntha/core";
import { DurableObjectStorage } from "@syntha/storage-durable-objects";
import type { Env } from "./env.ts";

/** The storage of all tenants. I/O belongs to the request that made it, so each request has its own. */
export function storageOf({ TENANTS }: Env): DurableObjectStorage {
  return new DurableObjectStorage({ namespace: TENANTS });
}

/** A mesh for one request. It has no timer and holds nothing open, apart from its watches, so it need not be closed. */
export function meshOf(env: Env, tenantId: string): ContextMesh {
  const storage = storageOf(env);
  return new ContextMesh({ storage, tenantId, sweepEvery: false, compactEvery: false });
}
