import type { ContextMesh, Cursor, TenantRegistry } from "@syntha/core";
import type { FullStorage, LogPosition } from "@syntha/core/storage";
import type { Random } from "../harness/random.ts";

/** What somebody knows of a tenant that is not theirs: names, and whatever was handed out there. */
export interface Known {
  readonly keys: readonly string[];
  readonly topics: readonly string[];
  readonly agents: readonly string[];
  readonly eventIds: readonly string[];
  readonly tokens: readonly string[];
  readonly cursors: readonly Cursor[];
  readonly places: readonly LogPosition[];
  /** Of a lease that is held there. */
  readonly lease: { readonly position: number; readonly leaseId: number };
  readonly epoch: string;
}

/** One try to reach it, through another tenant. */
export interface Attempt {
  readonly storage: FullStorage;
  readonly registry: TenantRegistry;
  readonly mesh: ContextMesh;
  readonly tenant: string;
  readonly known: Known;
  readonly random: Random;
}

/** Gives whatever it was answered. */
export type Try = (attempt: Attempt) => unknown;
