/** What the author of a storage needs: the interface, the rows, and the rules to call. */

// The interface: what a storage implements.
export type { Durability, Storage, StorageSupport } from "./storage/storage.ts";
export {
  type Capability,
  FULL_SUPPORT,
  type FullStorage,
  requireSupport,
  type Supporting,
} from "./storage/support.ts";
export type * from "./storage/query.ts";
export {
  type CompactionStep,
  type CompactRequest,
  type CompactResult,
  type EntryAge,
  type EventRetentionLimit,
  HISTORY_TYPES,
  isEventPurgeable,
  isPastLogRetention,
  isPurgeable,
  planCompactionStep,
  type RetentionLimit,
} from "./storage/compaction.ts";
export type * from "./storage/tenant-record.ts";
export { toEntryRecord } from "./storage/tenant-record.ts";
export { checkStorage } from "./storage/check-storage.ts";

// Writes: commits, decisions, and what they change.
export type { Commit, Operation } from "./storage/operation.ts";
export type {
  AgentSighting,
  Decide,
  Decision,
  OpResult,
  Outcome,
  PutResult,
  UnloggedUpdate,
} from "./storage/outcome.ts";
export type { Facts, Sighting } from "./storage/facts.ts";
export { decide } from "./decide/decide.ts";
export {
  type CountEffects,
  countsOf,
  type Effects,
  effectsOf,
  type ItemEffect,
  itemEffect,
  type SubscriptionEffect,
} from "./storage/effects.ts";
export { decideFetchingFacts } from "./facts/decide-fetching-facts.ts";
export {
  type AgentFacts,
  FactCache,
  type TenantCounts,
  type TopicCounts,
} from "./facts/fact-cache.ts";
export { type FactRequest, prefetchRequests, requiresFlush } from "./facts/fact-request.ts";
export type { QueueRead } from "./facts/queue-cache.ts";
export type {
  Change,
  CommitHeader,
  CorruptChange,
  LogEntry,
  PriorAudience,
  StoredChange,
  StoredEntry,
} from "./log/change.ts";
export { toPriorAudience, toStoredChange } from "./log/stored-change.ts";
export { parsePriorAudience, parseStoredChange, toChangeText } from "./log/change-text.ts";
export { newEpoch, newRandomId } from "./log/random-id.ts";

// Rows, and who sees them.
export type { EventRow } from "./model/event-row.ts";
export {
  isExpired,
  type ItemRow,
  type ItemState,
  keyRow,
  type LeaseRow,
  stateOf,
} from "./model/item-row.ts";
export { byQueueOrder } from "./model/queue-order.ts";
export {
  CORRUPT_TASK,
  encodeTask,
  parseTask,
  priorityOf,
  storedPriorities,
  type TaskRow,
} from "./model/task-row.ts";
export { type AgentCard, encodeCard, parseCard } from "./model/agent-card.ts";
export { CORRUPT_PERMISSIONS, parsePermissions, type Permissions } from "./model/permissions.ts";
export {
  type AudienceBucket,
  bucketsOf,
  bucketsVisibleTo,
  inboxBucket,
  type QueueBucket,
  queueBucketsOf,
  topicBucket,
} from "./route/audience-bucket.ts";
export { ROUTE } from "./route/check-route.ts";
export { type Audience, keepsRoute, type Route } from "./route/route.ts";
export { type Actor, isVisible, isVisibleWithoutTopics } from "./route/visibility.ts";

// Reads: listings, positions and cursors.
export { firstName, matches, pageOf } from "./storage/listing.ts";
export { merge, type Source } from "./storage/merge.ts";
export { ExpiredItems } from "./storage/expired-items.ts";
export {
  afterPosition,
  checkEventPosition,
  checkLogStart,
  checkPosition,
  type EntryPosition,
  type EventFacts,
  headPosition,
  type LogFacts,
  type LogPosition,
  ORIGIN,
  type RemovedEvent,
} from "./log/log-position.ts";
export { parseCursor, toCursor } from "./log/cursor.ts";
export { eventFingerprint } from "./log/event-fingerprint.ts";

// Loading and copying.
export { beingDropped, beingLoaded, checkLoad, type LoadState } from "./storage/check-load.ts";
export { changedRecords, type ChangedRecords } from "./storage/changed-records.ts";
export { DUMP_SECTIONS, rangeAfter } from "./copy/dump-section.ts";

// Limits.
export { type Allowance, FULL_AFTER_MS, type Spending } from "./limit/allowance.ts";
export { type QuotaOptions, Quotas } from "./limit/quota.ts";
export { bytesAdded, bytesOf, NO_USAGE, type Usage } from "./limit/usage.ts";

// Time, text and concurrency.
export { type Clock, systemClock, wholeMs } from "./time/clock.ts";
export { toMs } from "./time/duration.ts";
export { checkAgentName } from "./text/agent-name.ts";
export { compareCodePoints } from "./text/code-point-order.ts";
export { describe, withArticle } from "./text/describe.ts";
export { nearest } from "./text/nearest.ts";
export { exponentialDelay, jittered } from "./concurrency/backoff.ts";
export { InFlightCounter } from "./concurrency/in-flight-counter.ts";
export { KeyedListeners, type Unsubscribe } from "./concurrency/keyed-listeners.ts";
export { KeyedQueue, type TaskTimeout } from "./concurrency/keyed-queue.ts";
export { inTurn, isTurnDue, nextTurn } from "./concurrency/event-loop.ts";
export { macrotask } from "./concurrency/macrotask.ts";
export { MAX_TIMER_MS, systemPause } from "./concurrency/pause.ts";

// Checks of options.
export { checkCallback, checkFlag, checkFunction, checkSignal } from "./options/check-kind.ts";
export {
  checkOptions,
  knownOptions,
  type KnownOptions,
  refuseOptions,
} from "./options/known-options.ts";
export type { Optional } from "./options/optional.ts";
