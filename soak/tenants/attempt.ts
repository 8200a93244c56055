import type { ContextMesh, Cursor, TenantRegistry } from "@syntha/core";
import type { FullStorage, LogPosition } from "@syntha/core/storage";
import type { Random } from "@syntha/testing-random";

/** What an outsider knows about a tenant: names, and the ids, tokens and cursors that it returned. */
export interface Known {
  readonly keys: readonly string[];
  readonly topics: readonly string[];
  readonly agents: readonly string[];
  readonly eventIds: readonly string[];
  readonly tokens: readonly string[];
  readonly cursors: readonly Cursor[];
  readonly places: readonly LogPosition[];
  /** The lease of a claimed item. */
  readonly lease: { readonly position: number; readonly leaseId: number };
  readonly epoch: string;
}

/** The input of one attempt to reach a tenant through another one. */
export interface Attempt {
  readonly storage: FullStorage;
  readonly registry: TenantRegistry;
  readonly mesh: ContextMesh;
  readonly tenant: string;
  readonly known: Known;
  readonly random: Random;
}

/** Returns the answer of the call. */
export type AttemptFn = (attempt: Attempt) => unknown;
