export type {
  AgentFilter,
  AgentListing,
  AgentProfile,
  AgentSummary,
  CorruptAgent,
  ProfileListing,
} from "./agents/agent-listing.ts";
export type { Announcement } from "./agents/announcement.ts";
export type { PermissionsInput } from "./agents/permissions-input.ts";
export type { RouteReport, UnknownSubscriber } from "./agents/route-report.ts";
export {
  type CompareOptions,
  compareTenants,
  type TenantComparison,
  type TenantDifference,
} from "./copy/compare-tenants.ts";
export type { ConnectionChange, ConnectionListener } from "./connection/connection-change.ts";
export { exportTenant } from "./copy/export-tenant.ts";
export { type ImportedTenant, type ImportOptions, importTenant } from "./copy/import-tenant.ts";
export { type CopyOptions, copyTenant, type TenantCopy } from "./copy/copy-tenant.ts";
export type { CopyProgress } from "./copy/copy-progress.ts";
export type { TenantReadOptions } from "./copy/tenant-read-options.ts";
export type { EventFilter, EventListing, EventOf } from "./events/event-listing.ts";
export type { Published, PublishOptions } from "./events/publish.ts";
export type { DeleteOptions } from "./items/delete.ts";
export type { AudienceListing } from "./items/audience.ts";
export type { Edited } from "./items/edit.ts";
export type { Explanation, InvisibilityReason } from "./items/explanation.ts";
export type { ValuesByKey } from "./items/get-all.ts";
export type { HistoryEntry } from "./items/history.ts";
export type { ItemFilter, ListFilter, Listing } from "./items/item-listing.ts";
export type { Push, Pushed, PushOptions } from "./items/push.ts";
export type { DependencyOptions, TaskOptions } from "./items/task-options.ts";
export type { ReadOptions } from "./items/read-options.ts";
export type { ReadSet } from "./items/read-set.ts";
export type { Updated, UpdateOptions } from "./items/update.ts";
export { ERROR_CODES, type ErrorCode } from "./error/code.ts";
export type { DetailsOf, ErrorDetails } from "./error/details.ts";
export { type ErrorOptions, isSynthaError, SynthaError } from "./error/syntha-error.ts";
export type { Jsonable, JsonValue } from "./json/json.ts";
export { parseJson } from "./json/parse-json.ts";
export type { ValueLimits } from "./json/limits.ts";
export type { Quota, QuotaBounds, QuotaOptions } from "./limit/quota.ts";
export type { ClaimOptions } from "./lease/claim.ts";
export type { ClaimSource, WorkSource } from "./lease/claim-source.ts";
export type {
  CompleteOptions,
  Completed,
  CompletionEvent,
  FollowUps,
  HandedOff,
  HandOffOptions,
  Lease,
  LeaseOf,
  ReleaseOptions,
} from "./lease/lease.ts";
export type { Released, SystemReleaseOptions } from "./lease/release.ts";
export type { HeldLease, LeaseFilter, LeaseListing } from "./lease/lease-listing.ts";
export type { LeaseHandle } from "./lease/lease-handle.ts";
export type { WorkHandler, WorkHandlerOf, WorkOptions } from "./lease/work-options.ts";
export type { Cursor } from "./log/cursor.ts";
export { MemoryStorage, type MemoryStorageOptions } from "./memory/memory-storage.ts";
export type { AgentContext } from "./mesh/agent-context.ts";
export { ContextMesh, type PastMesh } from "./mesh/context-mesh.ts";
export type { MeshStats } from "./mesh/mesh-stats.ts";
export type { SystemContext } from "./mesh/system-context.ts";
export type { PastOptions } from "./past/open-past.ts";
export type { Compaction, CompactOptions } from "./session/compaction.ts";
export type { EffectiveLimits } from "./session/mesh-limits.ts";
export type { MeshInterceptor, MeshOperation, OperationName } from "./session/interceptor.ts";
export type { MeshLimits, MeshOptions } from "./session/mesh-options.ts";
export type { EventRetention, Retention, RetentionOptions } from "./session/retention.ts";
export type { CorruptEvent, MeshEvent } from "./view/event.ts";
export type { CorruptItem, Failure, Item, ItemHeader, ItemOf } from "./view/item.ts";
export type { Page } from "./view/page-token.ts";
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
export type { Topic, TopicFilter, TopicListing } from "./topics/topic-listing.ts";
export type { TopicDeletion } from "./topics/topic-deletion.ts";
export type { Clock } from "./time/clock.ts";
export type { Duration } from "./time/duration.ts";
export type { ChangeFilter, ChangeListing, ChangesOf } from "./watch/change-listing.ts";
export type { EntrySelection } from "./watch/entry-selection.ts";
export type { LogFilter, LogListing } from "./watch/log-listing.ts";
export type {
  LoggedChange,
  EventRoute,
  LoggedLease,
  LoggedRoute,
  MeshLogEntry,
} from "./watch/mesh-log-entry.ts";
export { type TenantVerification, verifyTenant } from "./verify/verify-tenant.ts";
export type { VerificationDifference } from "./verify/findings.ts";
export type { Watch, WatchChange, WatchOf, WatchOptions } from "./watch/watch-change.ts";
export type { AskOptions } from "./wait/ask.ts";
export type { WaitOptions } from "./wait/wait-for.ts";
