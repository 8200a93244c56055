import { denied } from "../decide/permission-denial.ts";
import { inList } from "../error/in-list.ts";
import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import type { JsonValue } from "../json/json.ts";
import { ClaimedLease } from "../lease/claimed-lease.ts";
import { checkAttempts } from "../lease/check-count.ts";
import { LeaseHandle } from "../lease/lease-handle.ts";
import { type ClaimAttempt, Worker, type WorkHandler, type WorkOptions } from "../lease/work.ts";
import type { TokenParts } from "../log/fencing-token.ts";
import { newRandomId } from "../log/random-id.ts";
import { checkFlag, checkFunction, checkSignal } from "../options/check-kind.ts";
import { checkOptions, refuseOptions } from "../options/known-options.ts";
import { toCursor, parseCursor } from "../log/cursor.ts";
import type { Actor } from "../route/visibility.ts";
import type {
  Both,
  EventTypeOf,
  KeyOf,
  KeysOf,
  MeshSchema,
  PublishableOf,
  TopicOf,
  Untyped,
  ValueOf,
  WritableOf,
} from "../schema/mesh-schema.ts";
import type { Storage } from "../storage/storage.ts";
import type { OpResult } from "../storage/outcome.ts";
import { describe } from "../text/describe.ts";
import { checkName, checkNames } from "../text/name.ts";
import { toMs } from "../time/duration.ts";
import { macrotasks } from "../concurrency/macrotask.ts";
import type { ChangeFilter, ChangeListing } from "../watch/change-listing.ts";
import { listChanges } from "../watch/list-changes.ts";
import { openWatch } from "../watch/open-watch.ts";
import type { Watch, WatchOptions } from "../watch/watch-change.ts";
import {
  allRows,
  GET_ALL,
  GET_ITEMS,
  GET_MANY,
  type ItemFilter,
  KEYS,
  LIST,
  type ListFilter,
  toQuery,
} from "./item-listing.ts";
import type { ContextMesh } from "./context-mesh.ts";
import { toCorruptEvent, toEvent } from "../view/event.ts";
import { explainAbsent, explainVisible, type Explanation } from "./explanation.ts";
import {
  type Item,
  type ItemHeader,
  type ItemOf,
  toCorruptItem,
  toHeader,
  toItem,
  valueOf,
} from "../view/item.ts";
import { groupByTopic } from "./keys-by-topic.ts";
import { checkLimit, toPage } from "../view/page-token.ts";
import { checkAsked, type PermissionsInput } from "./permissions-input.ts";
import { publishOperation } from "../session/publish-request.ts";
import { permissionsOf } from "./readable-permissions.ts";
import { checkReadOptions, readable, readItems, type ReadOptions } from "./readable.ts";
import {
  checkRevisionNumber,
  PUSH,
  putOperation,
  type PushOptions,
  type Pushed,
  toPushed,
} from "../session/put-request.ts";
import {
  BATCH,
  CLAIM,
  CLAIM_SOURCE,
  type ClaimOptions,
  type ClaimSource,
  type ValuesByKey,
  DELETE,
  type DeleteOptions,
  type EventFilter,
  type EventListing,
  type EventOf,
  EVENTS,
  type Listing,
  PUBLISH,
  type Published,
  type PublishOptions,
  type Push,
  UPDATE,
  type Updated,
  type UpdateOptions,
} from "./requests.ts";
import type { Session } from "../session/session.ts";
import type { ChangesOf, LeaseOf, WatchOf, WorkHandlerOf } from "./typed-results.ts";
import { listTopics, type TopicFilter, type TopicListing } from "./topic-listing.ts";
import { parseJson } from "../json/parse-json.ts";

/** Keys and topics that one call may name. */
const MOST_NAMES = 1_000;
/** Pushes that one batch may hold. */
const MOST_PUSHES = 10_000;
/** Turns of the event loop, some milliseconds, that an update waits at most before it tries again. */
const MOST_TURNS = 512;

function checkSource(from: ClaimSource): { topic: string } | { key: string } {
  checkOptions(from, CLAIM_SOURCE, "from");
  const { topic, key } = from;
  if (key !== undefined && topic === undefined) return { key };
  if (topic !== undefined && key === undefined) return { topic };
  throw new SynthaError("INVALID_ARGUMENTS", "A claim names a topic or a key, one of both.", {
    hint: 'Pass { topic: "work_queue" } or { key: "task:42" }.',
    details: { path: "from" },
  });
}

type RowOf = Awaited<ReturnType<Storage["get"]>>;

function checkBatch(pushes: readonly unknown[]): void {
  if (Array.isArray(pushes) && pushes.length > 0 && pushes.length <= MOST_PUSHES) {
    for (let i = 0; i < pushes.length; i++) checkOptions(pushes[i], BATCH, "pushes", i);
    return;
  }
  throw new SynthaError("INVALID_ARGUMENTS", `A batch is a list of 1 to ${MOST_PUSHES} pushes.`, {
    hint: "Split a longer list into batches; each of them is all or nothing.",
    details: { path: "pushes", maximum: MOST_PUSHES },
  });
}

/** An agent's bound view of its mesh: all that it does is done, and seen, as this agent. */
export class AgentContext<S extends MeshSchema = Untyped> {
  /**
   * Only a type, without a value: a mapped one, so that the compiler compares the views of two schemas member by member
   * and takes an agent of any mesh where it takes an `AgentContext<MeshSchema>`.
   */
  declare protected readonly schema?: { readonly [P in keyof S]?: unknown };
  readonly mesh: ContextMesh<S>;
  protected readonly session: Session;
  /** Whose eyes and hands these are; `null` is the system. */
  protected readonly reader: Actor;

  /** Made by `mesh.agent(name)`. */
  constructor(mesh: ContextMesh<S>, session: Session, reader: Actor) {
    this.mesh = mesh;
    this.session = session;
    this.reader = reader;
  }

  get name(): string {
    return this.reader ?? "system";
  }

  get tenantId(): string {
    return this.session.tenantId;
  }

  /** Whether this is the mesh's own view, which sees and may do all. */
  get isSystem(): boolean {
    return this.reader === null;
  }

  /**
   * Creates an item, or replaces the value of one that this agent sees.
   * @throws ROUTE_REQUIRED when it is new and says nobody whom it is for; KEY_TAKEN when the key holds something unseen;
   * NOT_OWNER when it would re-route another's item; FORBIDDEN; CONFLICT with `ifRevision`; LIMIT_EXCEEDED; what a bad value
   * throws.
   */
  async push<K extends KeyOf<S>, V>(
    key: K,
    value: WritableOf<S, K, V>,
    options: PushOptions<TopicOf<S>> = {},
  ): Promise<Pushed> {
    checkOptions(options, PUSH);
    const op = putOperation(this.session, key, value, options);
    const { results } = await this.session.commit(this.reader, [op]);
    return toPushed(key, results[0]);
  }

  /** Pushes several at one position of the log: all or nothing, each key once. */
  async pushMany(pushes: readonly Push<S>[]): Promise<readonly Pushed[]> {
    refuseOptions("pushMany", arguments[1]);
    checkBatch(pushes);
    const ops = pushes.map((push, i) =>
      inList(
        () => `pushes[${i}], ${describe(push.key)}`,
        () => putOperation(this.session, push.key, push.value, push),
      ),
    );
    const { results } = await this.session.commit(this.reader, ops);
    return results.map((result, i) => toPushed((pushes[i] as Push<S>).key, result));
  }

  /**
   * Reads, lets `change` make a new value, and writes it if nobody wrote in between; else starts again. Keeps route
   * and expiry; the route and ttl given are for creating.
   */
  async update<V = JsonValue, K extends KeyOf<S> = KeyOf<S>>(
    key: K,
    change: (old: ValueOf<S, K, V> | undefined) => Updated<S, K, V> | Promise<Updated<S, K, V>>,
    options: UpdateOptions<TopicOf<S>> = {},
  ): Promise<Pushed & { readonly value: ValueOf<S, K, V> }> {
    checkOptions(options, UPDATE);
    const { signal, ttl, ...route } = options;
    checkSignal(signal);
    checkFunction("change", change);
    this.session.checkKey(key);
    // Also where the item exists already, and they are not needed.
    this.session.route(route, key);
    if (ttl !== undefined) toMs("ttl", ttl);
    for (let tries = 0; ; tries++) {
      if (signal?.aborted) {
        throw new SynthaError("ABORTED", "The update was aborted.", {
          hint: "Nothing was written.",
          cause: signal.reason,
        });
      }
      const [row] = (await this.#row(key)).items;
      const old = row && (valueOf(row) as ValueOf<S, K, V>);
      const value = await change(old);
      try {
        const push =
          row === undefined
            ? { ...route, ttl, ifRevision: 0 }
            : { ttl: "keep" as const, ifRevision: row.revision };
        const op = await putOperation(this.session, key, value, push);
        const { results } = await this.session.commit(this.reader, [op]);
        return { ...toPushed(key, results[0]), value: parseJson(op.value) as ValueOf<S, K, V> };
      } catch (error) {
        if (!isSynthaError(error, "CONFLICT")) throw error;
      }
      // Many at once on one key: spread them out.
      if (tries > 2) await macrotasks(Math.random() * Math.min(2 ** tries, MOST_TURNS), signal);
    }
  }

  /** The value, as a copy; undefined when there is none that this agent sees. */
  async get<T = JsonValue, K extends KeyOf<S> = KeyOf<S>>(
    key: K,
  ): Promise<ValueOf<S, K, T> | undefined> {
    if (arguments.length > 1) refuseOptions("get", arguments[1]);
    const [row] = (await this.#row(key)).items;
    return row && (valueOf(row) as ValueOf<S, K, T>);
  }

  /** The whole item: value, route, owner, author, revision, state, times. */
  async getItem<T = JsonValue, K extends KeyOf<S> = KeyOf<S>>(
    key: K,
  ): Promise<ItemOf<S, K, T> | undefined> {
    if (arguments.length > 1) refuseOptions("getItem", arguments[1]);
    const { items, now } = await this.#row(key);
    return items[0] && toItem<ItemOf<S, K, T>>(items[0], now);
  }

  /**
   * Whole items of these keys, at one instant, in their order; without those that are not there or not seen.
   * @throws CORRUPT_DATA without `onCorrupt`; `details.keys` are those whose values are damaged.
   */
  async getItems<T = JsonValue, K extends KeyOf<S> = KeyOf<S>>(
    keys: readonly K[],
    options: ReadOptions = {},
  ): Promise<readonly ItemOf<S, K, T>[]> {
    checkReadOptions(options, GET_ITEMS);
    if (Array.isArray(keys) && keys.length === 0) return [];
    const names = checkNames("key", keys, MOST_NAMES, this.session.limits.keyBytes);
    const storage = await this.session.ready();
    const { items, now } = await storage.get(this.session.tenantId, this.reader, names);
    const found = items.filter((row) => row !== undefined);
    return readItems(found, now, (row) => toItem<ItemOf<S, K, T>>(row, now), options);
  }

  /**
   * Values of these keys, at one instant, without those that are not there or not seen.
   * @throws CORRUPT_DATA without `onCorrupt`; `details.keys` are those whose values are damaged.
   */
  async getMany<T = JsonValue, K extends KeyOf<S> = KeyOf<S>>(
    keys: readonly K[],
    options: ReadOptions = {},
  ): Promise<{ [P in K]?: ValueOf<S, P, T> }> {
    checkReadOptions(options, GET_MANY);
    if (Array.isArray(keys) && keys.length === 0) return {};
    const names = checkNames("key", keys, MOST_NAMES, this.session.limits.keyBytes);
    const storage = await this.session.ready();
    const { items, now } = await storage.get(this.session.tenantId, this.reader, names);
    const found = items.filter((row) => row !== undefined);
    const values = readItems(found, now, (row) => [row.key, valueOf(row)] as const, options);
    return Object.fromEntries(values) as { [P in K]?: ValueOf<S, P, T> };
  }

  /**
   * All visible values by key, in key order; one instant for each page of them, of 1,000 at most.
   * @throws CORRUPT_DATA without `onCorrupt`; `details.keys` are those whose values are damaged.
   */
  async getAll<V = JsonValue, const T extends string = string, const P extends string = string>(
    filter: ItemFilter<T & TopicOf<S>, P> & ReadOptions = {},
  ): Promise<ValuesByKey<S, V, KeysOf<S, T, P>>> {
    checkReadOptions(filter, GET_ALL);
    const { rows, now } = await allRows(this.session, this.reader, filter, false);
    const values = readItems(rows, now, (row) => [row.key, valueOf(row)] as const, filter);
    return Object.fromEntries(values) as ValuesByKey<S, V, KeysOf<S, T, P>>;
  }

  /** All visible keys, by code point. */
  async keys<const T extends string = string, const P extends string = string>(
    filter: ItemFilter<T & TopicOf<S>, P> = {},
  ): Promise<KeysOf<S, T, P>[]> {
    checkOptions(filter, KEYS);
    const { rows } = await allRows(this.session, this.reader, filter, true);
    return rows.map(({ key }) => key as KeysOf<S, T, P>);
  }

  /**
   * Visible keys under each topic that this agent hears them by (for the system: each topic that they have); those
   * that it sees for another reason alone stand under `"other"`.
   */
  async keysByTopic(): Promise<Record<string, KeyOf<S>[]>> {
    refuseOptions("keysByTopic", arguments[0]);
    const { rows } = await allRows(this.session, this.reader, {}, true);
    const heard = this.reader === null ? undefined : new Set<string>(await this.subscriptions());
    return groupByTopic(rows, heard) as Record<string, KeyOf<S>[]>;
  }

  /**
   * A page of visible items in key order, at one instant; with `values: false` without reading their values. Items whose
   * values are damaged where they are stored are in `corrupt` instead, and count towards the limit.
   */
  async list<const T extends string = string, const P extends string = string>(
    filter: ListFilter<T & TopicOf<S>, P> & { readonly values: false },
  ): Promise<Listing<ItemHeader<KeysOf<S, T, P>>>>;
  async list<V = JsonValue, const T extends string = string, const P extends string = string>(
    filter?: ListFilter<T & TopicOf<S>, P> & { readonly values?: true | undefined },
  ): Promise<Listing<ItemOf<S, KeysOf<S, T, P>, V>>>;
  async list(
    filter: ListFilter<TopicOf<S>> & { readonly values?: boolean | undefined } = {},
  ): Promise<Listing<ItemHeader>> {
    checkOptions(filter, LIST);
    checkFlag("values", filter.values);
    const withoutValues = filter.values === false;
    const query = toQuery(this.reader, filter, checkLimit(filter.limit), withoutValues);
    const storage = await this.session.ready();
    const { items, now, next } = await storage.list(this.session.tenantId, query);
    const nextPage = toPage(next);
    if (withoutValues)
      return { items: items.map((row) => toHeader(row, now)), corrupt: [], nextPage };
    const { found, corrupt } = readable(items, (row) => toItem(row, now));
    return {
      items: found,
      corrupt: corrupt.map(([row, error]) => toCorruptItem(row, now, error)),
      nextPage,
    };
  }

  /**
   * Deletes an item of this agent's own. False when there is none that it sees.
   * @throws NOT_OWNER when it sees but does not own it; CONFLICT with `ifRevision`.
   */
  async delete(key: KeyOf<S>, options: DeleteOptions = {}): Promise<boolean> {
    checkOptions(options, DELETE);
    this.session.checkKey(key);
    const { ifRevision } = options;
    checkRevisionNumber(ifRevision);
    const { deleted } = await this.session.perform(this.reader, {
      type: "delete",
      key,
      ifRevision,
    });
    return deleted;
  }

  /** Adds to what this agent is subscribed to; tells which topics were new. @throws FORBIDDEN, LIMIT_EXCEEDED. */
  async subscribe(topics: readonly TopicOf<S>[]): Promise<readonly string[]> {
    if (arguments.length > 1) refuseOptions("subscribe", arguments[1]);
    return this.#subscription("subscribe", topics);
  }

  /** Ends subscriptions; tells which there were. */
  async unsubscribe(topics: readonly TopicOf<S>[]): Promise<readonly string[]> {
    if (arguments.length > 1) refuseOptions("unsubscribe", arguments[1]);
    return this.#subscription("unsubscribe", topics);
  }

  /** Topics that this agent is subscribed to, by code point. */
  async subscriptions(): Promise<readonly TopicOf<S>[]> {
    refuseOptions("subscriptions", arguments[0]);
    if (this.reader === null) return [];
    const storage = await this.session.ready();
    const { agents } = await storage.agents(this.session.tenantId, { name: this.reader });
    return (agents[0]?.subscriptions ?? []) as readonly TopicOf<S>[];
  }

  /** Topics that there are, with counts; where this agent has permissions, those that it may use. */
  async topics(filter: TopicFilter = {}): Promise<TopicListing> {
    return listTopics(this.session, this.reader, filter);
  }

  /**
   * Whether this agent's permissions allow all of this now, as a push, an event or a subscription would be judged by
   * them: `await agent.can({ post: ["support"] })`. Other rules stand beside them: a key may still be taken.
   * @throws INVALID_ARGUMENTS when nothing is asked; SCHEMA_MISMATCH for a topic that the mesh does not have.
   */
  async can(asked: PermissionsInput<TopicOf<S>>): Promise<boolean> {
    const all = checkAsked(asked);
    this.session.guard.topics?.check([...all.post, ...all.subscribe]);
    const storage = await this.session.ready();
    if (this.reader === null) return true;
    const { agents } = await storage.agents(this.session.tenantId, { name: this.reader });
    return denied(permissionsOf(agents[0]), all) === undefined;
  }

  /** A live feed of what this agent sees, from now on unless told otherwise. */
  watch<const T extends string = string, const K extends string = string>(
    options: WatchOptions<T & TopicOf<S>, K & KeyOf<S>> = {},
  ): WatchOf<S, T, K> {
    return openWatch(this.session, this.reader, options) as Watch as WatchOf<S, T, K>;
  }

  /**
   * What a watch would have told since a place in the log, up to now: for whoever asks now and then instead of
   * listening. Without `since`, the place that is now.
   * @throws CURSOR_COMPACTED when the log no longer holds all that follows `since`; INVALID_CURSOR.
   */
  async changes<const T extends string = string, const K extends string = string>(
    filter: ChangeFilter<T & TopicOf<S>, K & KeyOf<S>> = {},
  ): Promise<ChangesOf<S, T, K>> {
    const listing: ChangeListing = await listChanges(this.session, this.reader, filter);
    return listing as ChangesOf<S, T, K>;
  }

  /**
   * Claims one item by key, or the oldest ready one on a topic, for a time. Undefined when there is none.
   * @throws FORBIDDEN for a topic that this agent is not subscribed to.
   */
  async claim<V = JsonValue, const K extends string = string, const T extends string = string>(
    from: ClaimSource<S, K, T>,
    options: ClaimOptions = {},
  ): Promise<LeaseOf<S, Both<K, KeysOf<S, T>>, V> | undefined> {
    checkOptions(options, CLAIM);
    const leaseMs = toMs("lease", options.lease ?? "30s");
    const { lease } = await this.#claim(from, leaseMs, checkAttempts(options.maxAttempts));
    return lease as LeaseOf<S, Both<K, KeysOf<S, T>>, V> | undefined;
  }

  /** What a token allows: for a lease that was claimed elsewhere, by this same agent. Asks nothing until used. */
  lease(key: KeyOf<S>, token: string): LeaseHandle {
    if (arguments.length > 2) refuseOptions("lease", arguments[2]);
    return new LeaseHandle(this.session, this.reader, key, token);
  }

  /**
   * Works on a topic's items as they come: claims, runs the handler, extends the lease while it runs, completes with
   * what it returns, retries what throws. Resolves when the signal or the mesh ends it and nothing runs any more.
   */
  work<V = JsonValue, const T extends string = string>(
    topic: T & TopicOf<S>,
    handler: WorkHandlerOf<S, KeysOf<S, T>, V>,
    options: WorkOptions = {},
  ): Promise<void> {
    this.session.checkOpen();
    const claim = (leaseMs: number, maxAttempts: number): Promise<ClaimAttempt> =>
      this.#claim({ topic }, leaseMs, maxAttempts, true);
    const worker = new Worker(
      this.session,
      this.reader,
      claim,
      handler as unknown as WorkHandler<never>,
      options,
    );
    const task = worker.run().finally(() => this.session.tasks.delete(task));
    this.session.tasks.add(task);
    return task;
  }

  /**
   * Appends an event, which is never replaced. The same id twice gives one event, the first, for as long as the mesh's
   * retention keeps that.
   * @throws ROUTE_REQUIRED; FORBIDDEN; LIMIT_EXCEEDED; KEY_TAKEN when the id is that of an event that this agent does not
   * see.
   */
  async publish<E extends EventTypeOf<S>, D>(
    type: E,
    data: PublishableOf<S, E, D>,
    options: PublishOptions<TopicOf<S>> = {},
  ): Promise<Published> {
    checkOptions(options, PUBLISH);
    const op = publishOperation(this.session, type, data, options);
    const { results } = await this.session.commit(this.reader, [op]);
    const { id, created, topicsWithoutSubscribers } = results[0] as OpResult & { type: "publish" };
    return { id, created, topicsWithoutSubscribers };
  }

  /**
   * Events that this agent sees, oldest first; `cursor` as `since` gives those that follow.
   * @throws CURSOR_COMPACTED when events behind `since` were removed; INVALID_CURSOR.
   */
  async events<E extends EventTypeOf<S> = EventTypeOf<S>>(
    filter: EventFilter<E> = {},
  ): Promise<EventListing<EventOf<S, E>>> {
    checkOptions(filter, EVENTS);
    const { types, since } = filter;
    const limit = checkLimit(filter.limit);
    const names = types && checkNames("event type", types, MOST_NAMES);
    const after = since === undefined ? undefined : parseCursor(since);
    const storage = await this.session.ready();
    const page = await storage.events(this.session.tenantId, {
      actor: this.reader,
      types: names,
      after,
      limit,
    });
    const { found, corrupt } = readable(page.events, (row) => toEvent<never, never>(row));
    return {
      events: found,
      corrupt: corrupt.map(([row, error]) => toCorruptEvent(row, error)),
      cursor: toCursor(page.end),
    };
  }

  /** Why this agent sees an item; for what it does not see, the same as for what is not there. */
  async explain(key: KeyOf<S>): Promise<Explanation> {
    if (arguments.length > 1) refuseOptions("explain", arguments[1]);
    if (this.reader === null) {
      const [row] = (await this.#row(key)).items;
      return row ? explainVisible(null, key, row, []) : explainAbsent(null, key);
    }
    for (;;) {
      const { items, head } = await this.#row(key);
      if (items[0] === undefined) return explainAbsent(this.reader, key);
      const storage = await this.session.ready();
      const page = await storage.agents(this.session.tenantId, { name: this.reader });
      // Two reads of one moment: when something was written between them, once more.
      if (page.head !== head) continue;
      return explainVisible(this.reader, key, items[0], page.agents[0]?.subscriptions ?? []);
    }
  }

  /** One key's row, by the shortest way: reads are most of what agents do. */
  #row(key: unknown): Promise<RowOf> {
    this.session.checkKey(key);
    const { session, reader } = this;
    const storage = session.ready();
    if (!(storage instanceof Promise)) return storage.get(session.tenantId, reader, [key]);
    return storage.then((opened) => opened.get(session.tenantId, reader, [key]));
  }

  async #subscription(
    type: "subscribe" | "unsubscribe",
    topics: readonly string[],
  ): Promise<readonly string[]> {
    if (this.reader === null) {
      throw new SynthaError(
        "INVALID_ARGUMENTS",
        "The system sees everything; it has no subscriptions.",
        {
          hint: 'Subscribe an agent: mesh.agent("Triage").subscribe([...]).',
        },
      );
    }
    const names = checkNames("topic", topics, MOST_NAMES);
    this.session.guard.topics?.check(names);
    const result = await this.session.perform(this.reader, {
      type,
      agent: this.reader,
      topics: names,
    });
    // A copy: the log may hold the list itself.
    return [...result.topics];
  }

  #claim(
    from: ClaimSource<S>,
    leaseMs: number,
    maxAttempts?: number,
    isBackground = false,
  ): Promise<ClaimAttempt> {
    const { session, reader: actor } = this;
    const claim = (): Promise<ClaimAttempt> => this.#claimNow(from, leaseMs, maxAttempts);
    if (session.interceptor === undefined) return claim();
    const operation = { name: "claim", tenantId: session.tenantId, actor } as const;
    return session.interceptor.intercept({ ...operation, args: [from], isBackground }, claim);
  }

  async #claimNow(
    from: ClaimSource<S>,
    leaseMs: number,
    maxAttempts: number | undefined,
  ): Promise<ClaimAttempt> {
    const source = checkSource(from);
    if ("key" in source) this.session.checkKey(source.key);
    else checkName("topic", source.topic);
    const op = {
      type: "claim",
      from: source,
      leaseMs,
      leaseId: newRandomId(),
      maxAttempts,
    } as const;
    const { results, epoch, now } = await this.session.commit(this.reader, [op]);
    const result = results[0];
    if (result?.type !== "claim" || !result.row?.lease) {
      return { lease: undefined, readyInMs: result?.type === "claim" ? result.readyInMs : null };
    }
    const { row } = result;
    const { key, attempts } = row;
    const { position, leaseId, until } = result.row.lease;
    const held = { position, leaseId, epoch };
    const item = await this.#readable(() => toItem<Item<never>>(row, now), key, attempts, held);
    const grant = { item, ...held, attempt: attempts, until, now };
    return { lease: new ClaimedLease(this.session, this.reader, grant), readyInMs: null };
  }

  /** Parks a claimed item whose value is damaged: it would be the first to be claimed again and again. */
  async #readable<T>(
    read: () => T,
    key: string,
    maxAttempts: number,
    held: TokenParts,
  ): Promise<T> {
    try {
      return read();
    } catch (error) {
      const op = {
        type: "release",
        key,
        ...held,
        retryInMs: 0,
        refund: false,
        maxAttempts,
      } as const;
      // Without an answer, its lease ends by itself.
      await this.session.finish(this.reader, [op]).catch(() => undefined);
      throw error;
    }
  }
}
