export {
  type CompareOptions,
  compareTenants,
  type TenantComparison,
  type TenantDifference,
} from "./copy/compare-tenants.ts";
export type { ConnectionChange, ConnectionListener } from "./connection/connection-change.ts";
export { type ExportOptions, exportTenant } from "./copy/export-tenant.ts";
export { type ImportedTenant, type ImportOptions, importTenant } from "./copy/import-tenant.ts";
export { type CopyOptions, copyTenant, type TenantCopy } from "./copy/copy-tenant.ts";
export type { CopyProgress } from "./copy/progress.ts";
export { ERROR_CODES, type ErrorCode } from "./error/code.ts";
export type { DetailsOf, ErrorDetails } from "./error/details.ts";
export { type ErrorOptions, isSynthaError, SynthaError } from "./error/syntha-error.ts";
export type { Jsonable, JsonValue } from "./json/json.ts";
export { parseJson } from "./json/parse-json.ts";
export type { ValueLimits } from "./json/limits.ts";
export type { Quota, QuotaOptions } from "./limit/quota.ts";
export type {
  CompleteOptions,
  Completed,
  CompletionEvent,
  Lease,
  ReleaseOptions,
} from "./lease/lease.ts";
export type { LeaseHandle } from "./lease/lease-handle.ts";
export type { WorkHandler, WorkOptions } from "./lease/work.ts";
export type { Cursor } from "./log/cursor.ts";
export { MemoryStorage, type MemoryStorageOptions } from "./memory/memory-storage.ts";
export type { AgentContext } from "./mesh/agent-context.ts";
export type {
  AgentSummary,
  AgentFilter,
  AgentListing,
  CorruptAgent,
} from "./mesh/agent-listing.ts";
export { ContextMesh, type MeshStats, type TopicDeletion } from "./mesh/context-mesh.ts";
export type { Compaction, CompactOptions } from "./session/compaction.ts";
export type { ItemFilter, ListFilter } from "./mesh/item-listing.ts";
export type { CorruptEvent, MeshEvent } from "./view/event.ts";
export type { Explanation, InvisibilityReason } from "./mesh/explanation.ts";
export type { HistoryEntry } from "./mesh/history.ts";
export type { CorruptItem, Item, ItemHeader, ItemOf } from "./view/item.ts";
export type { MeshInterceptor, MeshOperation, OperationName } from "./session/interceptor.ts";
export type { MeshLimits, MeshOptions } from "./session/mesh-options.ts";
export type { Page } from "./view/page-token.ts";
export type { PermissionsInput } from "./mesh/permissions-input.ts";
export type { Pushed, PushOptions } from "./session/put-request.ts";
export type { EventRetention, Retention, RetentionOptions } from "./session/retention.ts";
export type {
  ClaimOptions,
  ClaimSource,
  ValuesByKey,
  DeleteOptions,
  EventFilter,
  EventListing,
  EventOf,
  Listing,
  Published,
  PublishOptions,
  Push,
  Updated,
  UpdateOptions,
} from "./mesh/requests.ts";
export type { ReadOptions } from "./mesh/readable.ts";
export type { SystemContext } from "./mesh/system-context.ts";
export type { ChangesOf, LeaseOf, WatchOf, WorkHandlerOf } from "./mesh/typed-results.ts";
export type { Topic, TopicFilter, TopicListing } from "./mesh/topic-listing.ts";
export type { Route, RouteInput } from "./route/route.ts";
export type { Reason } from "./route/visibility.ts";
export type {
  EventDataOf,
  EventTypeOf,
  KeyOf,
  KeysOf,
  MeshSchema,
  PublishableOf,
  TopicOf,
  Untyped,
  ValueOf,
  WritableOf,
} from "./schema/mesh-schema.ts";
export type { StandardIssue, StandardResult, StandardSchema } from "./schema/standard-schema.ts";
export type { ItemState } from "./model/item-row.ts";
export type { Permissions } from "./model/permissions.ts";
export type { Durability, Storage } from "./storage/storage.ts";
export { federate, type Federable, type Federation } from "./tenants/federate.ts";
export {
  type TenantOptions,
  TenantRegistry,
  type TenantRegistryOptions,
  type TenantStats,
  type TenantTotals,
} from "./tenants/tenant-registry.ts";
export type { Clock } from "./time/clock.ts";
export type { Duration } from "./time/duration.ts";
export type { ChangeFilter, ChangeListing } from "./watch/change-listing.ts";
export type { Watch, WatchChange, WatchOptions } from "./watch/watch-change.ts";
