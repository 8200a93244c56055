import { type AgentFilter, type AgentListing, listAgents } from "../agents/agent-listing.ts";
import { getPermissions, setPermissions } from "../agents/permissions.ts";
import type { PermissionsInput } from "../agents/permissions-input.ts";
import { listSubscribers } from "../agents/subscriptions.ts";
import { clear } from "../items/clear.ts";
import { MemoryStorage } from "../memory/memory-storage.ts";
import type { Permissions } from "../model/permissions.ts";
import { checkOptions, refuseOptions } from "../options/known-options.ts";
import { openPast, type PastOptions } from "../past/open-past.ts";
import type { MeshSchema, TopicOf, Untyped } from "../schema/mesh-schema.ts";
import type { Compaction, CompactOptions } from "../session/compaction.ts";
import type { OperationName } from "../session/interceptor.ts";
import type { EffectiveLimits } from "../session/mesh-limits.ts";
import { MESH, type MeshOptions } from "../session/mesh-options.ts";
import { Session } from "../session/session.ts";
import { checkStorage } from "../storage/check-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { checkAgentName } from "../text/agent-name.ts";
import { deleteTopic, type TopicDeletion } from "../topics/topic-deletion.ts";
import { listTopics, type TopicFilter, type TopicListing } from "../topics/topic-listing.ts";
import { AgentContext } from "./agent-context.ts";
import { type MeshStats, toStats } from "./mesh-stats.ts";
import { SystemContext } from "./system-context.ts";

/** Outside the class, as a static block would keep it in bundles that do not use it. */
const sessions = new WeakMap<object, Session>();

/** A mesh's session, for this package alone. */
export function sessionOf(mesh: object): Session {
  return sessions.get(mesh) as Session;
}

/** Of a mesh that does not change. */
const STILL = { sweepEvery: false, compactEvery: false, onConnectionChange: undefined } as const;

/** A mesh as it was after the commit at a position: everything of it that reads. */
export interface PastMesh<S extends MeshSchema = Untyped> extends ContextMesh<S> {
  readonly position: number;
  /** When that commit was made; of a commit that was compacted, when the next one was. Ages and expiry are as of then. */
  readonly time: Date;
}

/**
 * One tenant's shared context. The constructor does no I/O; the first call opens the storage.
 *
 * @example
 * ```ts
 * await using mesh = new ContextMesh({ storage: new SqliteStorage({ path: "mesh.db" }) });
 * const triage = mesh.agent("Triage");
 * await triage.subscribe(["support"]);
 * await mesh.system.push("ticket:42", { subject: "Refund" }, { topics: ["support"] });
 * await triage.get("ticket:42"); // { subject: "Refund" }
 * ```
 */
export class ContextMesh<const S extends MeshSchema = Untyped> implements AsyncDisposable {
  /** Exists as a type only: see {@link AgentContext}. */
  declare protected readonly schema?: { readonly [P in keyof S]?: unknown };
  /** The mesh's own view: sees and may do everything. */
  readonly system: SystemContext<S>;
  readonly #options: MeshOptions<S>;
  readonly #session: Session;

  /** @throws INVALID_TENANT, INVALID_ARGUMENTS, INVALID_ROUTE, MISCONFIGURED for options that can't be used */
  constructor(options: MeshOptions<S> = {}) {
    checkOptions(options, MESH);
    const { storage = new MemoryStorage() } = options;
    checkStorage(storage);
    this.#options = options;
    this.#session = new Session(options, storage);
    sessions.set(this, this.#session);
    this.system = new SystemContext<S>(this, this.#session, null);
  }

  get tenantId(): string {
    return this.#session.tenantId;
  }

  /** Which database holds the mesh, and what an acknowledged write survives. Reads nothing. */
  get storageTraits(): Storage["traits"] {
    return this.#session.storage.traits;
  }

  /**
   * The limits that this mesh enforces on writes, with defaults. They are not stored: another program may open the tenant
   * with others. Reads nothing; {@link stats} has the usage.
   *
   * @example
   * ```ts
   * const { items } = await mesh.stats();
   * console.log(`${items} of ${mesh.limits.tenant.items ?? "any number of"} items`);
   * ```
   */
  get limits(): EffectiveLimits {
    return this.#session.limits();
  }

  /**
   * An agent's view. Any name but `system` can be used: agents need no registration.
   * @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE
   */
  agent(name: string): AgentContext<S> {
    if (arguments.length > 1) refuseOptions("agent", arguments[1]);
    checkAgentName(name);
    return new AgentContext<S>(this, this.#session, name);
  }

  /**
   * Lists the agents that are known, with their permissions: those that have announced themselves, written, subscribed,
   * claimed or been given permissions.
   */
  agents(filter: AgentFilter = {}): Promise<AgentListing<TopicOf<S>>> {
    return this.#run("agents", arguments, () => listAgents(this.#session, filter)) as Promise<
      AgentListing<TopicOf<S>>
    >;
  }

  /** Lists topics that have an item or a subscriber, with counts. */
  topics(filter: TopicFilter = {}): Promise<TopicListing> {
    return this.#run("topics", arguments, () => listTopics(this.#session, null, filter));
  }

  /** Names of the agents that are subscribed to a topic, by code point. */
  subscribers(topic: TopicOf<S>): Promise<readonly string[]> {
    return this.#runWithoutOptions("subscribers", arguments, 1, () =>
      listSubscribers(this.#session, topic),
    );
  }

  /**
   * Ends the topic's subscriptions, removes it from its items and events, and deletes items that have no other recipient,
   * in one commit.
   * @throws NOT_FOUND if there is no such topic; TOO_LARGE if it has more than 10,000 items, subscriptions and events
   * together
   */
  deleteTopic(topic: TopicOf<S>): Promise<TopicDeletion> {
    return this.#runWithoutOptions("deleteTopic", arguments, 1, () =>
      deleteTopic(this.#session, topic),
    );
  }

  /**
   * Sets what an agent may do; what is not named is denied, and subscriptions that are no longer allowed end in the same
   * commit. `"*"` names all topics. `null` clears the permissions: everything is allowed. Returns the subscriptions that ended.
   *
   * @example
   * ```ts
   * await mesh.setPermissions("Researcher", { post: ["findings"], subscribe: "*" });
   * ```
   * @throws TOO_LARGE if it would end more than 10,000 subscriptions
   */
  setPermissions(
    agent: string,
    permissions: PermissionsInput<TopicOf<S>> | null,
  ): Promise<{ readonly unsubscribed: readonly string[] }> {
    return this.#runWithoutOptions("setPermissions", arguments, 2, () =>
      setPermissions(this.#session, agent, permissions),
    );
  }

  /** What was set for an agent; null if nothing was, so that everything is allowed. */
  permissions(agent: string): Promise<Permissions | null> {
    return this.#runWithoutOptions("permissions", arguments, 1, () =>
      getPermissions(this.#session, agent),
    );
  }

  /** What the mesh holds, in numbers. */
  stats(): Promise<MeshStats> {
    return this.#runWithoutOptions("stats", arguments, 0, async () => {
      const storage = await this.#session.storage.ready();
      return toStats(await storage.stats(this.tenantId));
    });
  }

  /** Removes expired items now rather than in the background. Returns how many. */
  sweep(): Promise<number> {
    return this.#runWithoutOptions("sweep", arguments, 0, () => this.#session.housekeeping.sweep());
  }

  /**
   * Deletes every item that exists when it is called, in several commits if there are many. Items that are written
   * meanwhile, subscriptions, permissions, events and the log stay. If it fails, call it again. Returns how many items it
   * deleted.
   */
  clear(): Promise<number> {
    return this.#runWithoutOptions("clear", arguments, 0, () => clear(this.#session));
  }

  /**
   * Removes entries of the log and of histories, and events, that are past the mesh's retention, now rather than in the
   * background. Cursors from before are then refused with CURSOR_COMPACTED; the ids of removed events are free.
   * @throws INVALID_ARGUMENTS; ABORTED by the signal
   */
  compact(options: CompactOptions = {}): Promise<Compaction> {
    return this.#run("compact", arguments, () => this.#session.housekeeping.compact(options));
  }

  /**
   * The mesh as it was after the commit at a position that the log still holds, to read: items, topics, agents,
   * subscriptions, permissions, events, explanations and counts, also as an agent saw them. It is built in memory from the
   * items of now and the log after the position; later commits do not change it. Everything that would write rejects with
   * FORBIDDEN.
   *
   * A value that the log no longer holds, because it was compacted or its item has expired since, is among the corrupt ones
   * of a listing, with `details.missing`. Not in the log, and so approximate: extensions of leases, how often an item was
   * tried and why that failed, and when agents were last seen. An event lacks the topics that were deleted since.
   *
   * @example
   * ```ts
   * const { entries } = await mesh.system.log({ last: 100 });
   * const past = await mesh.at(entries[0]?.position ?? 0);
   * console.log(past.time, await past.agent("Triage").keys());
   * ```
   * @param position a revision, or the position of an entry of the log; 0 is the empty mesh
   * @throws CURSOR_COMPACTED for a position below the log's floor; INVALID_CURSOR for one after its end; ABORTED by the
   * signal; MISCONFIGURED if the storage cannot dump tenants
   */
  at(position: number, options: PastOptions = {}): Promise<PastMesh<S>> {
    return this.#run("at", arguments, async () => {
      const { storage, time } = await openPast(this.#session, position, options);
      const tenantId = this.#session.tenantId;
      const past = newMesh<S>({ ...this.#options, ...STILL, tenantId, storage });
      return Object.assign(past, { position, time });
    });
  }

  /**
   * Ends watches, waits for workers to finish what they hold, and closes the storage if no other mesh uses it. It may be
   * called any number of times.
   */
  async close(): Promise<void> {
    refuseOptions("close", arguments[0]);
    return this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run<T>(name: OperationName, args: IArguments, body: () => Promise<T>): Promise<T> {
    return this.#session.operations.run(name, null, args, body);
  }

  #runWithoutOptions<T>(
    name: OperationName,
    args: IArguments,
    arity: number,
    body: () => Promise<T>,
  ): Promise<T> {
    return this.#session.operations.runWithoutOptions(name, null, args, arity, body);
  }
}

/** Outside of the class: if it names itself, the bundled one has another name, which `console.log` shows. */
function newMesh<S extends MeshSchema>(options: MeshOptions<S>): ContextMesh<S> {
  return new ContextMesh<S>(options);
}
