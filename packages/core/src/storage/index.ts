/** What the author of a storage needs: the interface, the rows, and the rules to call. */
export { DUMP_SECTIONS, rangeAfter } from "../copy/part.ts";
export { decide } from "../decide/decide.ts";
export { type Allowance, FULL_AFTER_MS, type Spending } from "../limit/allowance.ts";
export { type QuotaOptions, Quotas } from "../limit/quota.ts";
export { bytesAdded, bytesOf, NO_USAGE, type Usage } from "../limit/usage.ts";
export { checkCallback, checkFlag, checkFunction, checkSignal } from "../options/check-kind.ts";
export {
  checkOptions,
  type KnownOptions,
  knownOptions,
  refuseOptions,
} from "../options/known-options.ts";
export type { Optional } from "../options/optional.ts";
export { describe, withArticle } from "../text/describe.ts";
export { nearest } from "../text/nearest.ts";
export { decideFetchingFacts } from "../known/decide-gathering.ts";
export {
  type AgentFacts,
  recount,
  FactCache,
  type TenantCounts,
  type TopicCounts,
} from "../known/known-facts.ts";
export type { QueueRead } from "../known/known-queue.ts";
export { requiresFlush, type FactRequest, prefetchRequests } from "../known/need.ts";
export type {
  Change,
  CorruptChange,
  StoredChange,
  LogEntry,
  LoggedChange,
  PriorAudience,
} from "../log/change.ts";
export { toCursor, parseCursor } from "../log/cursor.ts";
export {
  toChangeText,
  parseStoredChange,
  parseLoggedChange,
  parsePriorAudience,
} from "../log/change-text.ts";
export { eventFingerprint } from "../log/event-mark.ts";
export {
  checkEventPosition,
  checkHistoryPosition,
  checkPosition,
  type EntryPosition,
  type EventFacts,
  headPosition,
  type LogFacts,
  ORIGIN,
  type LogPosition,
  type RemovedEvent,
  afterPosition,
} from "../log/place.ts";
export { ROUTE } from "../route/check-route.ts";
export { keepsRoute, type Route, type Audience } from "../route/route.ts";
export { type Actor, isVisible, isVisibleWithoutTopics } from "../route/sight.ts";
export { type AudienceBucket, bucketsOf, bucketsVisibleTo, topicBucket } from "../route/target.ts";
export { checkAgentName } from "../text/agent-name.ts";
export { compareCodePoints } from "../text/code-point-order.ts";
export { type Clock, systemClock, wholeMs } from "../time/clock.ts";
export { toMs } from "../time/duration.ts";
export { macrotask } from "../time/macrotask.ts";
export { systemPause } from "../time/pause.ts";
export { newEpoch, newRandomId } from "../log/identity.ts";
export { checkStorage } from "./check-storage.ts";
export { beingDropped, beingLoaded, checkLoad, type LoadState } from "./check-load.ts";
export {
  type Aged,
  type CompactTask,
  HISTORY_TYPES,
  isEventPurgeable,
  isPurgeable,
  isPastLogRetention,
  type Step,
  planCompactionStep,
} from "./compaction.ts";
export type { EventRow } from "./event-row.ts";
export type { Facts } from "./facts.ts";
export { firstName } from "./first-name.ts";
export { isExpired, type ItemRow, type ItemState, type LeaseRow, stateOf } from "./item-row.ts";
export { ExpiredItems } from "./lapsed.ts";
export { matches } from "./matches.ts";
export { merge, type Source } from "./merge.ts";
export type { Commit, Operation } from "./operation.ts";
export type { Decide, Decision, LeaseExtension, OpResult, Outcome, PutResult } from "./outcome.ts";
export { pageOf } from "./page-of.ts";
export { CORRUPT_PERMISSIONS, parsePermissions, type Permissions } from "./permissions.ts";
export type * from "./query.ts";
export type * from "./record.ts";
export { type ChangedRecords, changedRecords } from "./touched.ts";
export type { Durability, Storage } from "./storage.ts";
