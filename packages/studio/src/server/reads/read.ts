import type { AgentContext, ContextMesh } from "@syntha/core";
import type { z } from "zod";
import type { StudioReads } from "../../api/index.ts";
import type { StudioIdentity } from "../identity.ts";
import type { Meshes } from "../mesh/meshes.ts";
import type { Moment } from "../mesh/moment.ts";
import type { CheckedOptions } from "../options.ts";

/** What a read may use. */
export interface Scope {
  readonly identity: StudioIdentity;
  readonly options: CheckedOptions;
  readonly meshes: Meshes;
}

/** A request that reads: its query, checked, and its answer. */
export interface Read<P extends keyof StudioReads, S = Scope> {
  readonly query: z.ZodType<StudioReads[P]["query"]>;
  readonly answer: (scope: S, query: StudioReads[P]["query"]) => Promise<StudioReads[P]["answer"]>;
}

/** What a read of one mesh may use. */
export interface MeshScope {
  /** The mesh of now. */
  readonly mesh: ContextMesh;
  /** The mesh at the position of `at`, or of now. */
  readonly moment: Moment;
  /** Through the eyes of `as`, or the system's. */
  readonly reader: AgentContext;
}

export type MeshRead<P extends keyof StudioReads> = Read<P, MeshScope>;
