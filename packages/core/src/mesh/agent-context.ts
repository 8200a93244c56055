import { type AgentFilter, listProfiles, type ProfileListing } from "../agents/agent-listing.ts";
import { announce, type Announcement } from "../agents/announcement.ts";
import { can } from "../agents/permissions.ts";
import type { PermissionsInput } from "../agents/permissions-input.ts";
import {
  changeSubscriptions,
  listSubscriptions,
  type SubscriptionOptions,
} from "../agents/subscriptions.ts";
import {
  type EventFilter,
  type EventListing,
  type EventOf,
  listEvents,
} from "../events/event-listing.ts";
import { publish, type Published, type PublishOptions } from "../events/publish.ts";
import { deleteItem, deleteMany, type DeleteOptions } from "../items/delete.ts";
import { append, type Edited, increment, merge } from "../items/edit.ts";
import { explain } from "../items/explain.ts";
import type { Explanation } from "../items/explanation.ts";
import { getAll, keys, keysByTopic, type ValuesByKey } from "../items/get-all.ts";
import { get, getItem, getItems, getMany } from "../items/get.ts";
import {
  type ItemFilter,
  type ListFilter,
  type Listing,
  listItems,
} from "../items/item-listing.ts";
import { push, type Pushed, pushMany, type Push, type PushOptions } from "../items/push.ts";
import type { ReadOptions } from "../items/read-options.ts";
import type { ReadSet } from "../items/read-set.ts";
import { retry } from "../items/retry.ts";
import { update, type Updated, type UpdateOptions } from "../items/update.ts";
import type { JsonValue } from "../json/json.ts";
import { claim, type ClaimOptions } from "../lease/claim.ts";
import type { ClaimSource, SourceKeys, WorkSource } from "../lease/claim-source.ts";
import { LeaseHandle } from "../lease/lease-handle.ts";
import type { LeaseOf } from "../lease/lease.ts";
import type { WorkHandler, WorkHandlerOf, WorkOptions } from "../lease/work-options.ts";
import { Worker } from "../lease/worker.ts";
import { refuseOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type {
  Both,
  ElementOf,
  EventTypeOf,
  KeyOf,
  KeysOf,
  MeshSchema,
  NumericKey,
  PatchOf,
  PublishableOf,
  TopicOf,
  Untyped,
  ValueOf,
  WritableOf,
} from "../schema/mesh-schema.ts";
import type { OperationName } from "../session/interceptor.ts";
import type { Session } from "../session/session.ts";
import { listTopics, type TopicFilter, type TopicListing } from "../topics/topic-listing.ts";
import type { ItemHeader, ItemOf } from "../view/item.ts";
import { type ChangeFilter, type ChangesOf, listChanges } from "../watch/change-listing.ts";
import { ask, type AskOptions } from "../wait/ask.ts";
import { waitFor, type WaitOptions } from "../wait/wait-for.ts";
import { openWatch } from "../watch/open-watch.ts";
import type { WatchOf, WatchOptions } from "../watch/watch-change.ts";
import type { ContextMesh } from "./context-mesh.ts";

/**
 * An agent's view of its mesh: every call is made as this agent, and returns only what this agent sees. Made by
 * {@link ContextMesh.agent}.
 */
export class AgentContext<S extends MeshSchema = Untyped> {
  /**
   * Exists as a type only. It is a mapped type, so that the compiler compares the views of two schemas member by member,
   * and accepts an agent of any mesh as an `AgentContext<MeshSchema>`.
   */
  declare protected readonly schema?: { readonly [P in keyof S]?: unknown };
  readonly mesh: ContextMesh<S>;
  protected readonly session: Session;
  /** `null` is the system. */
  protected readonly actor: Actor;

  /** Made by `mesh.agent(name)`. */
  constructor(mesh: ContextMesh<S>, session: Session, actor: Actor) {
    this.mesh = mesh;
    this.session = session;
    this.actor = actor;
  }

  get name(): string {
    return this.actor ?? "system";
  }

  get tenantId(): string {
    return this.session.tenantId;
  }

  /** Whether this is the mesh's own view, which sees and may do everything. */
  get isSystem(): boolean {
    return this.actor === null;
  }

  /**
   * Creates an item, or replaces the value of one that this agent sees.
   *
   * @example
   * ```ts
   * await agent.push("ticket:42", { subject: "Refund" }, { topics: ["support"], ttl: "7d" });
   * await agent.push("ticket:42", { subject: "Refund", urgent: true }); // the route stays
   * ```
   * @throws ROUTE_REQUIRED if it is new and has no route; KEY_TAKEN if the key holds an item that this agent does not see;
   * NOT_OWNER if it would re-route another agent's item; FORBIDDEN; CONFLICT with `ifRevision` or `ifRevisions`; LIMIT_EXCEEDED;
   * INVALID_VALUE, TOO_LARGE, SCHEMA_MISMATCH for the value
   */
  push<K extends KeyOf<S>, V>(
    key: K,
    value: WritableOf<S, K, V>,
    options: PushOptions<TopicOf<S>> = {},
  ): Promise<Pushed> {
    return this.#run("push", arguments, () => push(this.session, this.actor, key, value, options));
  }

  /**
   * Pushes several items at one position of the log: all or none, each key once.
   *
   * @example
   * ```ts
   * const plan = await agent.getItem("plan");
   * const tasks = [{ key: "task:1", value: "draft", topics: ["work"] }];
   * await agent.pushMany(tasks, { ifRevisions: { plan: plan?.revision ?? 0 } }); // only while the plan stands
   * ```
   * @throws CONFLICT with `ifRevisions`; what {@link push} throws
   */
  pushMany(pushes: readonly Push<S>[], options: ReadSet = {}): Promise<readonly Pushed[]> {
    return this.#run("pushMany", arguments, () =>
      pushMany(this.session, this.actor, pushes as readonly Push[], options),
    );
  }

  /**
   * Reads a value, lets `change` compute the new one, and writes it unless the item was written in between; otherwise
   * starts again. Route and expiry stay; those in the options are for creating the item.
   *
   * @example
   * ```ts
   * await agent.update<number>("visits", (old = 0) => old + 1, { global: true });
   * ```
   * @throws ABORTED by the signal; CONFLICT with `ifRevisions`; what {@link push} throws
   */
  update<V = JsonValue, K extends KeyOf<S> = KeyOf<S>>(
    key: K,
    change: (old: ValueOf<S, K, V> | undefined) => Updated<S, K, V> | Promise<Updated<S, K, V>>,
    options: UpdateOptions<TopicOf<S>> = {},
  ): Promise<Pushed & { readonly value: ValueOf<S, K, V> }> {
    const untyped = change as (old: unknown) => unknown;
    return this.#run("update", arguments, () =>
      update(this.session, this.actor, key, untyped, options),
    ) as Promise<Pushed & { readonly value: ValueOf<S, K, V> }>;
  }

  /**
   * Merges a patch into a value by RFC 7396: members of objects are set one by one, `null` removes one, and lists are
   * replaced as a whole. Concurrent changes of other members are kept. Route and expiry stay; those in the options are for
   * creating the item.
   *
   * @example
   * ```ts
   * await agent.merge("profile", { tier: "gold", note: null }, { topics: ["customers"] });
   * ```
   * @throws what {@link update} throws
   */
  merge<V, K extends KeyOf<S> = KeyOf<S>>(
    key: K,
    patch: PatchOf<S, K, V>,
    options: UpdateOptions<TopicOf<S>> = {},
  ): Promise<Edited<ValueOf<S, K>>> {
    return this.#run("merge", arguments, () =>
      merge(this.session, this.actor, key, patch, options),
    ) as Promise<unknown> as Promise<Edited<ValueOf<S, K>>>;
  }

  /**
   * Appends an element to a list, which is created if there is none. No element of concurrent calls is lost. Options as of
   * {@link merge}.
   *
   * @example
   * ```ts
   * await agent.append("findings", { source: "report", page: 4 }, { topics: ["research"] });
   * ```
   * @throws INVALID_VALUE if the value is not a list; what {@link update} throws
   */
  append<V, K extends KeyOf<S> = KeyOf<S>>(
    key: K,
    element: ElementOf<S, K, V>,
    options: UpdateOptions<TopicOf<S>> = {},
  ): Promise<Edited<ValueOf<S, K>>> {
    return this.#run("append", arguments, () =>
      append(this.session, this.actor, key, element, options),
    ) as Promise<unknown> as Promise<Edited<ValueOf<S, K>>>;
  }

  /**
   * Adds to a number, which is 0 if there is none. No concurrent call is lost. Options as of {@link merge}.
   *
   * @example
   * ```ts
   * const { value } = await agent.increment("visits", 1, { global: true });
   * ```
   * @param by negative to subtract. @default 1
   * @throws INVALID_VALUE if the value is not a number; what {@link update} throws
   */
  increment<K extends KeyOf<S>>(
    key: K & NumericKey<S, K>,
    by: number = 1,
    options: UpdateOptions<TopicOf<S>> = {},
  ): Promise<Edited<number>> {
    return this.#run("increment", arguments, () =>
      increment(this.session, this.actor, key, by, options),
    ) as Promise<Edited<number>>;
  }

  /** The value of an item; undefined if this agent sees no such item. */
  get<T = JsonValue, K extends KeyOf<S> = KeyOf<S>>(key: K): Promise<ValueOf<S, K, T> | undefined> {
    return this.#runWithoutOptions("get", arguments, 1, () =>
      get(this.session, this.actor, key),
    ) as Promise<ValueOf<S, K, T> | undefined>;
  }

  /** An item: value, route, owner, author, revision, state, times. Undefined if this agent sees no such item. */
  getItem<T = JsonValue, K extends KeyOf<S> = KeyOf<S>>(
    key: K,
  ): Promise<ItemOf<S, K, T> | undefined> {
    return this.#runWithoutOptions("getItem", arguments, 1, () =>
      getItem(this.session, this.actor, key),
    ) as Promise<ItemOf<S, K, T> | undefined>;
  }

  /**
   * The items of these keys that this agent sees, in the order of the keys, in one snapshot.
   * @throws CORRUPT_DATA without `onCorrupt`; `details.keys` are those whose values are damaged
   */
  getItems<T = JsonValue, K extends KeyOf<S> = KeyOf<S>>(
    keys: readonly K[],
    options: ReadOptions = {},
  ): Promise<readonly ItemOf<S, K, T>[]> {
    return this.#run("getItems", arguments, () =>
      getItems(this.session, this.actor, keys, options),
    ) as Promise<readonly unknown[]> as Promise<readonly ItemOf<S, K, T>[]>;
  }

  /**
   * The values of these keys that this agent sees, in one snapshot.
   * @throws CORRUPT_DATA without `onCorrupt`; `details.keys` are those whose values are damaged
   */
  getMany<T = JsonValue, K extends KeyOf<S> = KeyOf<S>>(
    keys: readonly K[],
    options: ReadOptions = {},
  ): Promise<{ [P in K]?: ValueOf<S, P, T> }> {
    return this.#run("getMany", arguments, () =>
      getMany(this.session, this.actor, keys, options),
    ) as Promise<{ [P in K]?: ValueOf<S, P, T> }>;
  }

  /**
   * All visible values by key, in key order; each page of up to 1,000 is one snapshot.
   * @throws CORRUPT_DATA without `onCorrupt`; `details.keys` are those whose values are damaged
   */
  getAll<V = JsonValue, const T extends string = string, const P extends string = string>(
    filter: ItemFilter<T & TopicOf<S>, P> & ReadOptions = {},
  ): Promise<ValuesByKey<S, V, KeysOf<S, T, P>>> {
    return this.#run("getAll", arguments, () =>
      getAll(this.session, this.actor, filter),
    ) as Promise<ValuesByKey<S, V, KeysOf<S, T, P>>>;
  }

  /** All visible keys, by code point. */
  keys<const T extends string = string, const P extends string = string>(
    filter: ItemFilter<T & TopicOf<S>, P> = {},
  ): Promise<KeysOf<S, T, P>[]> {
    return this.#run("keys", arguments, () => keys(this.session, this.actor, filter)) as Promise<
      KeysOf<S, T, P>[]
    >;
  }

  /**
   * Visible keys by the topics that this agent is subscribed to (for the system: by all their topics). Keys that are
   * visible for another reason are under `"other"`, or under `""` if a topic has that name.
   */
  keysByTopic(): Promise<Record<string, KeyOf<S>[]>> {
    return this.#runWithoutOptions("keysByTopic", arguments, 0, () =>
      keysByTopic(this.session, this.actor),
    ) as Promise<Record<string, KeyOf<S>[]>>;
  }

  /**
   * A page of visible items in key order, in one snapshot; `values: false` does not read their values. Items whose values
   * are damaged where they are stored are in `corrupt`, and count towards the limit.
   *
   * @example
   * ```ts
   * for (let page: Page | undefined; ; ) {
   *   const { items, nextPage } = await agent.list({ topics: ["support"], page });
   *   for (const { key, value, author } of items) console.log(key, value, author);
   *   if ((page = nextPage) === undefined) break;
   * }
   * ```
   */
  list<const T extends string = string, const P extends string = string>(
    filter: ListFilter<T & TopicOf<S>, P> & { readonly values: false },
  ): Promise<Listing<ItemHeader<KeysOf<S, T, P>>>>;
  list<V = JsonValue, const T extends string = string, const P extends string = string>(
    filter?: ListFilter<T & TopicOf<S>, P> & { readonly values?: true | undefined },
  ): Promise<Listing<ItemOf<S, KeysOf<S, T, P>, V>>>;
  list(
    filter: ListFilter<TopicOf<S>> & { readonly values?: boolean | undefined } = {},
  ): Promise<Listing<ItemHeader>> {
    return this.#run("list", arguments, () => listItems(this.session, this.actor, filter));
  }

  /**
   * Deletes an item that this agent owns. Returns false if it sees no such item.
   * @throws NOT_OWNER if another agent owns it; CONFLICT with `ifRevision` or `ifRevisions`
   */
  delete(key: KeyOf<S>, options: DeleteOptions = {}): Promise<boolean> {
    return this.#run("delete", arguments, () => deleteItem(this.session, this.actor, key, options));
  }

  /**
   * Deletes several items that this agent owns, at one position of the log: all or none. Returns the keys of those that it
   * saw; a key without a visible item is skipped.
   *
   * @example
   * ```ts
   * await agent.deleteMany(await agent.keys({ prefix: "draft:" }));
   * ```
   * @param keys 1 to 10,000
   * @throws NOT_OWNER if another agent owns one of them; CONFLICT with `ifRevisions`
   */
  deleteMany(keys: readonly KeyOf<S>[], options: ReadSet = {}): Promise<readonly KeyOf<S>[]> {
    return this.#run("deleteMany", arguments, () =>
      deleteMany(this.session, this.actor, keys, options),
    ) as Promise<readonly KeyOf<S>[]>;
  }

  /** Subscribes this agent to topics. Returns those that it was not subscribed to. @throws FORBIDDEN, LIMIT_EXCEEDED */
  subscribe(topics: readonly TopicOf<S>[]): Promise<readonly string[]> {
    return this.#changeSubscriptions("subscribe", arguments, topics);
  }

  /** Ends subscriptions. Returns those that existed. */
  unsubscribe(topics: readonly TopicOf<S>[]): Promise<readonly string[]> {
    return this.#changeSubscriptions("unsubscribe", arguments, topics);
  }

  /**
   * Topics that this agent is subscribed to, by code point; with `at`, those of then.
   *
   * @example
   * ```ts
   * const topics = await agent.subscriptions();
   * const { revision } = await agent.push("note", "Hello", { topics: ["support"] });
   * const topicsThen = await agent.subscriptions({ at: revision });
   * ```
   * @throws CURSOR_COMPACTED for a position below the log's floor; INVALID_CURSOR for one after its end; MISCONFIGURED if the
   * storage does not support past subscriptions
   */
  subscriptions(options: SubscriptionOptions = {}): Promise<readonly TopicOf<S>[]> {
    return this.#run("subscriptions", arguments, () =>
      listSubscriptions(this.session, this.actor, options),
    ) as Promise<readonly TopicOf<S>[]>;
  }

  /**
   * Introduces this agent to others: replaces its card, and makes it known. Returns whether the card was another one.
   *
   * @example
   * ```ts
   * await triage.announce({ description: "Sorts inquiries by urgency.", capabilities: ["triage"] });
   * ```
   * @throws INVALID_ARGUMENTS for more than 32 capabilities; TOO_LARGE for a description of more than 1,000 bytes
   */
  announce(announcement: Announcement): Promise<boolean> {
    return this.#runWithoutOptions("announce", arguments, 1, () =>
      announce(this.session, this.actor, announcement),
    );
  }

  /**
   * Lists the agents that are known: those that have announced themselves, written, subscribed, claimed or been given
   * permissions. {@link ContextMesh.agents} has their permissions too.
   */
  agents(filter: AgentFilter = {}): Promise<ProfileListing<TopicOf<S>>> {
    return this.#run("agents", arguments, () =>
      listProfiles(this.session, this.actor, filter),
    ) as Promise<ProfileListing<TopicOf<S>>>;
  }

  /** Lists topics, with counts; if this agent has permissions, those that it may use. */
  topics(filter: TopicFilter = {}): Promise<TopicListing> {
    return this.#run("topics", arguments, () => listTopics(this.session, this.actor, filter));
  }

  /**
   * Whether this agent's permissions allow all of this now. Other rules apply as well: a key may be taken.
   *
   * @example
   * ```ts
   * if (await agent.can({ post: ["support"] })) await agent.push("note", text, { topics: ["support"] });
   * ```
   * @throws INVALID_ARGUMENTS if nothing is asked; SCHEMA_MISMATCH for a topic that the mesh does not have
   */
  can(asked: PermissionsInput<TopicOf<S>>): Promise<boolean> {
    return this.#run("can", arguments, () => can(this.session, this.actor, asked));
  }

  /**
   * A live feed of the changes that this agent sees; without `since` or `initial`, from now on.
   *
   * @example
   * ```ts
   * for await (const change of agent.watch({ topics: ["support"], initial: true })) {
   *   if (change.type === "put") console.log(change.item.key, change.item.value);
   * }
   * ```
   */
  watch<
    const T extends string = string,
    const K extends string = string,
    const P extends string = string,
    const E extends EventTypeOf<S> = never,
  >(options: WatchOptions<T & TopicOf<S>, K & KeyOf<S>, P, E> = {}): WatchOf<S, T, K, P, E> {
    return this.#run("watch", arguments, () =>
      openWatch(this.session, this.actor, options),
    ) as unknown as WatchOf<S, T, K, P, E>;
  }

  /**
   * The changes that {@link watch} would emit from a cursor up to now, for callers that poll. Without `since`: none, and
   * the cursor of now.
   *
   * @example
   * ```ts
   * let { cursor } = await agent.changes();
   * // later
   * const news = await agent.changes({ since: cursor });
   * ({ cursor } = news);
   * ```
   * @throws CURSOR_COMPACTED if the log no longer holds what follows `since`; INVALID_CURSOR
   */
  changes<
    const T extends string = string,
    const K extends string = string,
    const P extends string = string,
    const E extends EventTypeOf<S> = never,
  >(
    filter: ChangeFilter<T & TopicOf<S>, K & KeyOf<S>, P, E> = {},
  ): Promise<ChangesOf<S, T, K, P, E>> {
    return this.#run("changes", arguments, () =>
      listChanges(this.session, this.actor, filter),
    ) as Promise<unknown> as Promise<ChangesOf<S, T, K, P, E>>;
  }

  /**
   * Waits until this agent sees an item of this key for which `until` returns true, and returns it; undefined once the
   * timeout is over. Calls `until` now, and after each commit that may have changed the item. An outage of the storage
   * does not end it.
   *
   * @example
   * ```ts
   * const answer = await agent.waitFor("answer:42", { until: ({ state }) => state === "done", timeout: "2m" });
   * ```
   * @throws ABORTED by the signal; CLOSED when the mesh closes; CORRUPT_DATA; what `until` throws
   */
  waitFor<T = JsonValue, K extends KeyOf<S> = KeyOf<S>>(
    key: K,
    options: WaitOptions<ItemOf<S, K, T>> = {},
  ): Promise<ItemOf<S, K, T> | undefined> {
    return this.#run("waitFor", arguments, () =>
      waitFor(this.session, this.actor, key, options as WaitOptions),
    ) as Promise<unknown> as Promise<ItemOf<S, K, T> | undefined>;
  }

  /**
   * Pushes a task to another agent, waits until that has completed it, removes it, and returns its result; undefined if
   * it was completed without one. The other agent takes it from its inbox, and keeps its route.
   *
   * @example
   * ```ts
   * const review = await writer.ask<Review>("Critic", { draft }, { timeout: "2m" });
   * // Elsewhere:
   * await critic.work({ inbox: true }, async ({ value }) => review(value));
   * ```
   * @throws TIMEOUT, after which the task is withdrawn; TASK_FAILED with the reason; ABORTED by the signal; CLOSED; what
   * {@link push} throws
   */
  ask<R = JsonValue>(
    agent: string,
    payload: unknown,
    options: AskOptions = {},
  ): Promise<R | undefined> {
    return this.#run("ask", arguments, () =>
      ask(this.session, this.actor, agent, payload, options),
    ) as Promise<R | undefined>;
  }

  /**
   * Claims one item by key, or of topics or this agent's inbox the one with the highest priority that has been ready for
   * longest. Undefined if none is ready: open, not leased, its `notBefore` passed, and all that it depends on satisfied. See
   * {@link Lease}.
   *
   * @example
   * ```ts
   * const lease = await agent.claim({ topics: ["urgent", "work_queue"], inbox: true });
   * ```
   * @throws FORBIDDEN for topics that this agent is not subscribed to
   */
  claim<
    V = JsonValue,
    const K extends string = string,
    const T extends string = string,
    const I extends boolean = boolean,
  >(
    from: ClaimSource<S, K, T, I>,
    options: ClaimOptions = {},
  ): Promise<LeaseOf<S, Both<K, SourceKeys<S, T, I>>, V> | undefined> {
    return this.#run("claim", [from], () =>
      claim(this.session, this.actor, from as ClaimSource, options),
    ) as Promise<unknown> as Promise<LeaseOf<S, Both<K, SourceKeys<S, T, I>>, V> | undefined>;
  }

  /**
   * Makes an item that has failed ready again, with no attempts. Its owner and the system may. It keeps its `lastFailure`.
   * @throws NOT_FOUND if this agent sees no such item; NOT_OWNER; CONFLICT if it has not failed
   */
  retry(key: KeyOf<S>): Promise<{ readonly revision: number }> {
    return this.#runWithoutOptions("retry", arguments, 1, () =>
      retry(this.session, this.actor, key),
    );
  }

  /** The handle of a lease that this agent claimed elsewhere, by its token. Reads nothing until it is used. */
  lease(key: KeyOf<S>, token: string): LeaseHandle {
    if (arguments.length > 2) refuseOptions("lease", arguments[2]);
    return new LeaseHandle(this.session, this.actor, key, token);
  }

  /**
   * Processes the items of a topic, or of a {@link WorkSource}, as they come: claims an item, runs the handler, extends the lease while it runs, completes
   * the item with what it returns, retries it if it throws. Resolves when the signal or the mesh has ended it and no handler
   * runs.
   *
   * @example
   * ```ts
   * const stop = new AbortController();
   * const working = agent.work(
   *   "reviews",
   *   async ({ value }, lease) => review(value, { signal: lease.signal }),
   *   { concurrency: 4, signal: stop.signal },
   * );
   * ```
   * @throws CLOSED, INVALID_ARGUMENTS at once; it rejects with an error that retrying does not solve, such as MISCONFIGURED
   */
  work<V = JsonValue, const T extends string = string, const I extends boolean = boolean>(
    from: (T & TopicOf<S>) | WorkSource<S, T, I>,
    handler: WorkHandlerOf<S, SourceKeys<S, T, I>, V>,
    options: WorkOptions = {},
  ): Promise<void> {
    const { storage } = this.session;
    storage.checkOpen();
    const untyped = handler as unknown as WorkHandler<never>;
    const source = from as string | WorkSource;
    const worker = new Worker(this.session, this.actor, source, untyped, options);
    return storage.tasks.run(() => worker.run());
  }

  /**
   * Appends an event. Events are never replaced: the same id twice adds one event, for as long as the mesh's retention
   * keeps it.
   *
   * @example
   * ```ts
   * await agent.publish("ticket.closed", { ticket: 42 }, { topics: ["support"] });
   * ```
   * @throws ROUTE_REQUIRED; FORBIDDEN; LIMIT_EXCEEDED; KEY_TAKEN if the id is that of an event that this agent does not see;
   * CONFLICT with `ifRevisions`
   */
  publish<E extends EventTypeOf<S>, D>(
    type: E,
    data: PublishableOf<S, E, D>,
    options: PublishOptions<TopicOf<S>> = {},
  ): Promise<Published> {
    return this.#run("publish", arguments, () =>
      publish(this.session, this.actor, type, data, options),
    );
  }

  /**
   * Lists visible events, oldest first; pass `cursor` as `since` for those that follow.
   * @throws CURSOR_COMPACTED if events after `since` were removed; INVALID_CURSOR
   */
  events<E extends EventTypeOf<S> = EventTypeOf<S>>(
    filter: EventFilter<E> = {},
  ): Promise<EventListing<EventOf<S, E>>> {
    return this.#run("events", arguments, () =>
      listEvents(this.session, this.actor, filter),
    ) as Promise<unknown> as Promise<EventListing<EventOf<S, E>>>;
  }

  /** Explains why this agent sees an item. An item that it does not see is explained like one that does not exist. */
  explain(key: KeyOf<S>): Promise<Explanation> {
    return this.#runWithoutOptions("explain", arguments, 1, () =>
      explain(this.session, this.actor, key),
    );
  }

  #changeSubscriptions(
    name: "subscribe" | "unsubscribe",
    args: IArguments,
    topics: readonly string[],
  ): Promise<readonly string[]> {
    return this.#runWithoutOptions(name, args, 1, () =>
      changeSubscriptions(this.session, this.actor, name, topics),
    );
  }

  #run<T>(name: OperationName, args: ArrayLike<unknown>, body: () => T): T {
    return this.session.operations.run(name, this.actor, args, body);
  }

  #runWithoutOptions<T>(
    name: OperationName,
    args: IArguments,
    arity: number,
    body: () => Promise<T>,
  ): Promise<T> {
    return this.session.operations.runWithoutOptions(name, this.actor, args, arity, body);
  }
}
