import { inTurn } from "../concurrency/event-loop.ts";
import { KeyedListeners, type Unsubscribe } from "../concurrency/keyed-listeners.ts";
import { SynthaError } from "../error/syntha-error.ts";
import { eventFingerprint } from "../log/event-fingerprint.ts";
import {
  checkEventPosition,
  checkLogStart,
  checkPosition,
  type EventFacts,
  type LogPosition,
  afterPosition,
} from "../log/log-position.ts";
import { type Actor, isVisible } from "../route/visibility.ts";
import { bucketsVisibleTo } from "../route/audience-bucket.ts";
import type { CompactRequest, CompactResult } from "../storage/compaction.ts";
import { beingLoaded, checkLoad } from "../storage/check-load.ts";
import type { EventRow } from "../model/event-row.ts";
import { firstName } from "../storage/listing.ts";
import type { ItemRow } from "../model/item-row.ts";
import { matches } from "../storage/listing.ts";
import { merge } from "../storage/merge.ts";
import type { Commit } from "../storage/operation.ts";
import { pageOf } from "../storage/listing.ts";
import type { DumpPage, DumpRequest, LoadResult, LoadRequest } from "../storage/tenant-record.ts";
import type { Decide, Outcome } from "../storage/outcome.ts";
import type {
  AgentPage,
  AgentQuery,
  AgentRecord,
  Counts,
  DropRequest,
  DropResult,
  EventPage,
  EventQuery,
  ItemPage,
  ItemQuery,
  LogPage,
  LogQuery,
  Snapshot,
  TenantPage,
  TenantQuery,
  TopicPage,
  TopicQuery,
  TopicRecord,
} from "../storage/query.ts";
import type { Storage } from "../storage/storage.ts";
import { FULL_SUPPORT } from "../storage/support.ts";
import { compareCodePoints } from "../text/code-point-order.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { type Clock, systemClock, wholeMs } from "../time/clock.ts";
import { compact } from "./compact.ts";
import { dump, headerOf } from "./dump.ts";
import { byPosition, type EventPosition } from "./events.ts";
import { load } from "./load.ts";
import type { SortedList } from "./sorted-list.ts";
import { TenantState } from "./tenant-state.ts";

export interface MemoryStorageOptions {
  /** @default the system's clock */
  clock?: Clock | undefined;
}

const OPTIONS = knownOptions<MemoryStorageOptions>("new MemoryStorage", { clock: true });

/** Outside the class, as a static block would keep it in bundles that do not use it. */
const tenantsOf = new WeakMap<MemoryStorage, Map<string, TenantState>>();

/** Stores the state of a tenant that was built elsewhere, for this package alone. */
export function adoptTenant(storage: MemoryStorage, tenantId: string, state: TenantState): void {
  tenantsOf.get(storage)?.set(tenantId, state);
}

/**
 * Stores tenants in the memory of this process, for tests and for data that may be lost. The data lives as long as the
 * object, also across `close` and a later `open`. It is the default storage of a {@link ContextMesh}.
 *
 * @example
 * const storage = new MemoryStorage();
 * const mesh = new ContextMesh({ storage, tenantId: "acme" });
 */
export class MemoryStorage implements Storage {
  readonly traits = { durability: "none", system: "memory" } as const;
  readonly supports = FULL_SUPPORT;
  readonly #clock: Clock;
  readonly #tenants = new Map<string, TenantState>();
  /** Tenants that are being loaded, with their load progress. */
  readonly #loading = new Map<string, { readonly state: TenantState; readonly progress: string }>();
  readonly #commitListeners = new KeyedListeners<string>();
  #isOpen = false;

  constructor(options: MemoryStorageOptions = {}) {
    checkOptions(options, OPTIONS);
    this.#clock = wholeMs(options.clock ?? systemClock);
    tenantsOf.set(this, this.#tenants);
  }

  async open(): Promise<void> {
    this.#isOpen = true;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    // After the calls that wait for their turn.
    await inTurn(() => undefined);
  }

  commit(tenant: string, commits: readonly Commit[], decide: Decide): Promise<readonly Outcome[]> {
    return this.#run((): readonly Outcome[] => {
      const known = this.#tenants.get(tenant);
      if (known === undefined && this.#loading.has(tenant)) throw beingLoaded(tenant);
      const state = known ?? new TenantState();
      const outcomes: Outcome[] = [];
      let changed = false;
      for (const commit of commits) {
        state.now = this.#now(state);
        const decision = decide(commit, state);
        if (!decision.ok) {
          outcomes.push(decision);
          continue;
        }
        if (decision.unlogged !== undefined) state.applyUnlogged(decision.unlogged);
        if (decision.changes.length > 0) {
          state.apply(commit.actor, decision.changes);
          if (decision.spent !== undefined) state.spend(decision.spent);
          changed = true;
        }
        if (decision.sightings !== undefined && state.head > 0) state.see(decision.sightings);
        outcomes.push({
          ok: true,
          epoch: state.epoch,
          position: state.head,
          now: state.now,
          results: decision.results,
        });
      }
      if (changed) {
        if (known === undefined) this.#tenants.set(tenant, state);
        this.#commitListeners.emit(tenant);
      }
      return outcomes;
    });
  }

  get(
    tenant: string,
    as: Actor,
    keys: readonly string[],
  ): Promise<Snapshot & { items: (ItemRow | undefined)[] }> {
    return this.#run((): Snapshot & { items: (ItemRow | undefined)[] } => {
      const state = this.#state(tenant);
      const now = this.#now(state);
      const isSubscribed = (topic: string): boolean => state.isSubscribed(as as string, topic);
      const items: (ItemRow | undefined)[] = [];
      for (const key of keys) {
        const row = state.liveItem(key, now);
        items.push(row !== undefined && isVisible(as, row, isSubscribed) ? row : undefined);
      }
      return { epoch: state.epoch, head: state.head, now, items };
    });
  }

  list(tenant: string, query: ItemQuery): Promise<ItemPage> {
    return this.#run((): ItemPage => {
      const state = this.#state(tenant);
      const snapshot = this.#snapshot(state);
      const { actor, prefix, limit } = query;
      const buckets = bucketsVisibleTo(actor, subscriptionsOf(actor, state), query) ?? ["all"];
      const sources = buckets.map((bucket) => state.items.source(bucket, prefix));
      const items: ItemRow[] = [];
      for (const key of merge(sources, compareCodePoints, query.after, limit)) {
        if (prefix !== undefined && !key.startsWith(prefix)) break;
        const row = state.items.get(key) as ItemRow;
        if (!matches(row, query, snapshot.now)) continue;
        if (items.length === limit)
          return { ...snapshot, items, next: (items.at(-1) as ItemRow).key };
        items.push(row);
      }
      return { ...snapshot, items, next: null };
    });
  }

  events(tenant: string, query: EventQuery): Promise<EventPage> {
    return this.#run((): EventPage => {
      const state = this.#state(tenant);
      const snapshot = this.#snapshot(state);
      if (query.after !== undefined) checkEventPosition(query.after, factsOf(state));
      const buckets = bucketsVisibleTo(query.actor, subscriptionsOf(query.actor, state)) ?? ["*"];
      const sources = buckets.flatMap((bucket) =>
        (query.types ?? [undefined]).map((type) => state.events.source(bucket, type)),
      );
      const events: EventRow[] = [];
      for (const event of merge(
        sources,
        byPosition,
        query.after && (afterPosition(query.after) as EventRow),
        query.limit,
      )) {
        events.push(event);
        if (events.length < query.limit) continue;
        return {
          ...snapshot,
          events,
          end: withEventFingerprint(state, positionAfter(state, event)),
        };
      }
      return { ...snapshot, events, end: withEventFingerprint(state, headOf(state)) };
    });
  }

  agents(tenant: string, query: AgentQuery): Promise<AgentPage> {
    return this.#run((): AgentPage => {
      const state = this.#state(tenant);
      const snapshot = this.#snapshot(state);
      if ("name" in query) {
        const { name, at } = query;
        return { ...snapshot, agents: [state.agentRecord(name, snapshot.now, at)], next: null };
      }
      if (!("topic" in query)) {
        const agents: AgentRecord[] = [];
        for (const name of namesFrom(state.agents, query.prefix, query.after)) {
          if (agents.length === query.limit)
            return { ...snapshot, agents, next: (agents.at(-1) as AgentRecord).name };
          agents.push(state.agentRecord(name, snapshot.now));
        }
        return { ...snapshot, agents, next: null };
      }
      const names = [...(state.subscribed.subscribers(query.topic) ?? [])].sort(compareCodePoints);
      const { page, next } = pageOf(namesAfter(names, query.after), query.limit);
      return {
        ...snapshot,
        agents: page.map((name) => namedAgent(name)),
        next,
      };
    });
  }

  topics(tenant: string, query: TopicQuery): Promise<TopicPage> {
    return this.#run((): TopicPage => {
      const state = this.#state(tenant);
      const snapshot = this.#snapshot(state);
      if ("names" in query) {
        const names = [...new Set(query.names)].sort(compareCodePoints);
        return { ...snapshot, topics: [...state.topicRecords(names, snapshot.now)], next: null };
      }
      const { prefix = "", after, limit } = query;
      const names = namesFrom(state.topics, prefix, after);
      const topics: TopicRecord[] = [];
      for (const record of state.topicRecords(names, snapshot.now)) {
        if (topics.length === limit)
          return { ...snapshot, topics, next: (topics.at(-1) as TopicRecord).name };
        topics.push(record);
      }
      return { ...snapshot, topics, next: null };
    });
  }

  stats(tenant: string): Promise<Snapshot & Counts> {
    return this.#run((): Snapshot & Counts => {
      const state = this.#state(tenant);
      const snapshot = this.#snapshot(state);
      const expired = state.expiredItems(snapshot.now);
      const expiredTopics = [...expired.perTopic].filter(
        ([topic, n]) => n === state.items.count(topic) && state.subscribers(topic) === 0,
      );
      return {
        ...snapshot,
        items: state.items.size - expired.items,
        bytes: state.items.bytes - expired.bytes,
        global: state.items.global - expired.global,
        expired: expired.items,
        topics: state.topics.size - expiredTopics.length,
        agents: state.subscribed.agents,
        events: state.events.size,
        floor: state.log.floor,
        historyFloor: state.log.historyFloor,
        logEntries: state.log.size,
      };
    });
  }

  log(tenant: string, query: LogQuery): Promise<LogPage> {
    return this.#run((): LogPage => {
      const state = this.#state(tenant);
      const snapshot = { ...this.#snapshot(state), floor: state.log.floor };
      const { after, key, limit } = query;
      if (after === "end") return { ...snapshot, entries: [], end: headOf(state), isHead: true };
      checkLogStart(after, key, factsOf(state));
      const start = typeof after === "number" ? ({ position: after, done: "all" } as const) : after;
      const [entries, more] = state.log.read(start, key, limit, snapshot.now, state.lookup);
      const last = entries.at(-1);
      return {
        ...snapshot,
        entries,
        end: more && last ? positionAfter(state, last) : headOf(state),
        isHead: !more,
      };
    });
  }

  onCommit(tenant: string, listener: () => void): Unsubscribe {
    return this.#commitListeners.add(tenant, listener);
  }

  listTenants({ after, limit }: TenantQuery): Promise<TenantPage> {
    return this.#run((): TenantPage => {
      const ids = [...this.#tenants.keys()].sort(compareCodePoints);
      const { page, next } = pageOf(namesAfter(ids, after), limit);
      return { tenantIds: page, next };
    });
  }

  dropTenant({ tenantId, ifLoading }: DropRequest): Promise<DropResult> {
    return this.#run((): DropResult => {
      if (ifLoading !== undefined && this.#loading.get(tenantId)?.progress !== ifLoading)
        return { existed: false };
      const existed = this.#tenants.delete(tenantId);
      if (existed) this.#commitListeners.emit(tenantId);
      return { existed: this.#loading.delete(tenantId) || existed };
    });
  }

  compact(request: CompactRequest): Promise<CompactResult> {
    return this.#run((): CompactResult => {
      const state = this.#tenants.get(request.tenantId);
      if (state === undefined) return { floor: 0, removed: 0, more: false };
      return compact(state, request, this.#now(state));
    });
  }

  dump(request: DumpRequest): Promise<DumpPage> {
    return this.#run((): DumpPage => {
      const loading = this.#loading.get(request.tenantId);
      const state = loading?.state ?? this.#tenants.get(request.tenantId);
      if (state === undefined) return { header: null, loading: null, records: [], isLast: true };
      if (request.section === "changes") checkPosition(request.after, factsOf(state));
      const page = dump(state, request, request.limit);
      return { header: headerOf(state), loading: loading?.progress ?? null, ...page };
    });
  }

  load(request: LoadRequest): Promise<LoadResult> {
    return this.#run((): LoadResult => {
      const { tenantId, header, progress, restart } = request;
      const loading = this.#loading.get(tenantId);
      const held = loading?.state ?? this.#tenants.get(tenantId);
      const current = held && { epoch: held.epoch, loading: loading?.progress ?? null };
      if (checkLoad(request, current) === "repeat") return { loading: progress };
      const state = held === undefined || restart ? new TenantState(header.epoch) : held;
      load(state, request);
      if (progress !== null) {
        this.#loading.set(tenantId, { state, progress });
      } else {
        this.#loading.delete(tenantId);
        this.#tenants.set(tenantId, state);
        this.#commitListeners.emit(tenantId);
      }
      return { loading: progress };
    });
  }

  /** Decides at the time of the call whether the storage is open. */
  #run<T>(work: () => T): Promise<T> {
    if (this.#isOpen) return inTurn(work);
    const hint = "Open it again, or create another mesh over it.";
    return Promise.reject(new SynthaError("CLOSED", "This storage is closed.", { hint }));
  }

  /** The tenant's state, or an empty one that is not stored. */
  #state(tenant: string): TenantState {
    return this.#tenants.get(tenant) ?? new TenantState("");
  }

  /** R8: never before the last commit's time. */
  #now(state: TenantState): number {
    return Math.max(this.#clock(), state.recordedAt);
  }

  #snapshot(state: TenantState): Snapshot {
    return { epoch: state.epoch, head: state.head, now: this.#now(state) };
  }
}

/** An agent of which only the name is read. */
function namedAgent(name: string): AgentRecord {
  return { name, subscriptions: [], permissions: null, card: null, sighting: null, leases: 0 };
}

function subscriptionsOf(actor: Actor, state: TenantState): readonly string[] {
  return actor === null ? [] : state.subscribed.of(actor);
}

function factsOf({ epoch, log, events }: TenantState): EventFacts {
  const { head, floor, floorEntries, historyFloor } = log;
  return {
    epoch,
    head,
    floor,
    floorEntries,
    historyFloor,
    commitIdAt: (position) => log.commitIdAt(position),
    lastRemovedEvent: events.lastRemoved,
    eventFingerprintAt: (position, index) => fingerprintOf(events.lastUpTo({ position, index })),
  };
}

function fingerprintOf(event: EventRow | undefined): number | undefined {
  return event && eventFingerprint(event);
}

function headOf({ epoch, log }: TenantState): LogPosition {
  return { epoch, position: log.head, done: "all", commitId: log.commitIdAt(log.head) ?? 0 };
}

/** The position after an event or a log entry, inside its commit. */
function positionAfter(
  { epoch, log }: TenantState,
  { position, index }: EventPosition,
): LogPosition {
  return { epoch, position, done: index + 1, commitId: log.commitIdAt(position) ?? 0 };
}

function* namesFrom(
  names: SortedList<string>,
  prefix: string = "",
  after?: string,
): Generator<string> {
  for (const name of names.from(firstName(prefix, after))) {
    if (!name.startsWith(prefix)) return;
    yield name;
  }
}

function namesAfter(names: readonly string[], after: string | undefined): readonly string[] {
  return after === undefined ? names : names.filter((name) => compareCodePoints(name, after) > 0);
}

/** A position in the listing of events, which remains valid when its commit is compacted. */
function withEventFingerprint({ events }: TenantState, place: LogPosition): LogPosition {
  const at = afterPosition(place);
  const mark = fingerprintOf(events.lastUpTo(at)) ?? events.lastRemoved?.fingerprint ?? 0;
  return { ...place, eventFingerprint: mark };
}
