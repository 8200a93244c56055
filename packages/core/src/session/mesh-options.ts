import type { ConnectionListener } from "../connection/connection-change.ts";
import type { ValueLimits } from "../json/limits.ts";
import type { QuotaOptions } from "../limit/quota.ts";
import type { RouteLimits } from "../route/check-route.ts";
import type { RouteInput } from "../route/route.ts";
import type { MeshSchema } from "../schema/mesh-schema.ts";
import type { Storage } from "../storage/storage.ts";
import { knownOptions } from "../options/known-options.ts";
import type { Optional } from "../options/optional.ts";
import type { Duration } from "../time/duration.ts";
import type { MeshInterceptor } from "./interceptor.ts";
import type { RetentionOptions } from "./retention.ts";

export interface MeshOptions<S extends MeshSchema> {
  /** The isolation scope: one user, customer or project. Default `"default"`. */
  tenantId?: string;
  /** Where the mesh lives. Default: a new `MemoryStorage`. */
  storage?: Storage | undefined;
  /** What it may hold: checked at compile time and on every write. Default: anything. */
  schema?: S | undefined;
  /** Who sees what is created without a route. Default: none, so that each creation names one. */
  defaultRoute?: RouteInput | undefined;
  /**
   * Bounds on what one write may hold, and on what the tenant and its agents hold and write in all. They are this mesh
   * object's, and nothing stored: give the same wherever the mesh is opened.
   */
  limits?: Optional<MeshLimits> | undefined;
  /** How often what has expired is removed; it is invisible at once in any case. Default `"1m"`; `false`: only by `sweep()`. */
  sweepEvery?: Duration | false | undefined;
  /** How long log, histories and events are kept. Default: 7 days, as the log, 30 days. */
  retention?: RetentionOptions | undefined;
  /** How often what is kept no longer is removed, while the mesh is open. Default `"10m"`; `false`: only by `compact()`. */
  compactEvery?: Duration | false | undefined;
  /**
   * Called when the mesh's watches and workers lose their storage, and when they reach it again. They go on by
   * themselves, however long the outage: this is for logs, alerts and a notice to users. Default: none.
   */
  onConnectionChange?: ConnectionListener | undefined;
  /** Stands around every operation, for traces, metrics and logs. Default: none, which costs nothing. */
  interceptor?: MeshInterceptor | undefined;
}

export const MESH_OPTION_NAMES = {
  tenantId: true,
  storage: true,
  schema: true,
  defaultRoute: true,
  limits: true,
  sweepEvery: true,
  retention: true,
  compactEvery: true,
  onConnectionChange: true,
  interceptor: true,
} as const satisfies Record<keyof MeshOptions<MeshSchema>, true>;

export const MESH = knownOptions<MeshOptions<MeshSchema>>("new ContextMesh", MESH_OPTION_NAMES);

export interface MeshLimits extends ValueLimits, RouteLimits, QuotaOptions {
  /** Bytes of UTF-8 of a key. Default 256. */
  keyBytes: number;
}
