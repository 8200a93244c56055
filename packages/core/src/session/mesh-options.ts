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
  /** The isolation scope: one user, customer or project. @default "default" */
  tenantId?: string;
  /** @default a new {@link MemoryStorage} */
  storage?: Storage | undefined;
  /** What the mesh may hold, checked at compile time and on every write. @default anything */
  schema?: S | undefined;
  /** The route of items and events that are created without one. @default none: each needs a route */
  defaultRoute?: RouteInput | undefined;
  /**
   * Limits on one write, and on what the tenant and its agents hold and write. They are not stored: pass the same limits
   * wherever the mesh is opened.
   */
  limits?: Optional<MeshLimits> | undefined;
  /** Refuses routes that name an agent that is not known, with UNKNOWN_AGENT. @default false: they are reported */
  strictRecipients?: boolean | undefined;
  /** How often expired items, which are invisible at once, are removed. `false`: only by `sweep()`. @default "1m" */
  sweepEvery?: Duration | false | undefined;
  /** How long log, histories and events are kept. @default 7 days, as the log, 30 days */
  retention?: RetentionOptions | undefined;
  /** How often data past its retention is removed while the mesh is open. `false`: only by `compact()`. @default "10m" */
  compactEvery?: Duration | false | undefined;
  /**
   * Called when the mesh's watches and workers lose their storage, and when they reconnect. They continue without help,
   * however long the outage: this is for logs, alerts and notices to users.
   */
  onConnectionChange?: ConnectionListener | undefined;
  /** Runs around every operation, for traces, metrics and logs. See {@link MeshInterceptor}. @default none */
  interceptor?: MeshInterceptor | undefined;
}

export const MESH_OPTION_NAMES = {
  tenantId: true,
  storage: true,
  schema: true,
  defaultRoute: true,
  limits: true,
  strictRecipients: true,
  sweepEvery: true,
  retention: true,
  compactEvery: true,
  onConnectionChange: true,
  interceptor: true,
} as const satisfies Record<keyof MeshOptions<MeshSchema>, true>;

export const MESH = knownOptions<MeshOptions<MeshSchema>>("new ContextMesh", MESH_OPTION_NAMES);

export interface MeshLimits extends ValueLimits, RouteLimits, QuotaOptions {
  /** Bytes of a key in UTF-8, at most 1,024. @default 256 */
  keyBytes: number;
}
