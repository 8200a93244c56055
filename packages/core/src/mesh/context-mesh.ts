import { MemoryStorage } from "../memory/memory-storage.ts";
import type { MeshSchema, TopicOf, Untyped } from "../schema/mesh-schema.ts";
import type { Permissions } from "../model/permissions.ts";
import type { Counts, Snapshot } from "../storage/query.ts";
import { checkAgentName } from "../text/agent-name.ts";
import { checkName } from "../text/name.ts";
import { AgentContext } from "./agent-context.ts";
import { type AgentFilter, type AgentListing, copyOf, listAgents } from "./agent-listing.ts";
import type { Compaction, CompactOptions } from "../session/compaction.ts";
import { ObservedAgent, observeMesh, ObservedSystem } from "./observed.ts";
import { checkOptions, refuseOptions } from "../options/known-options.ts";
import { MESH, type MeshOptions } from "../session/mesh-options.ts";
import { checkStorage } from "../storage/check-storage.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { permissionsOf } from "./readable-permissions.ts";
import { checkPermissions, type PermissionsInput } from "./permissions-input.ts";
import { clearInSteps, deleteTopic } from "./removal.ts";
import { Session } from "../session/session.ts";
import { SystemContext } from "./system-context.ts";
import { listTopics, type TopicFilter, type TopicListing } from "./topic-listing.ts";

/** What a mesh holds, in numbers. */
export interface MeshStats {
  /** Items that are there. */
  readonly items: number;
  /** Bytes of UTF-8 of their keys and of the JSON text of their values. */
  readonly bytes: number;
  /** Those of them that are for everyone. */
  readonly global: number;
  /** Those of them that are for some: by topic or by name. */
  readonly routed: number;
  /** Items whose time is over and that are not swept yet; nobody sees them. */
  readonly expired: number;
  readonly topics: number;
  /** Agents with a subscription. */
  readonly agents: number;
  /** Events that are kept. */
  readonly events: number;
  /** The log's last position. */
  readonly revision: number;
  /** The last position that the log no longer holds; 0 when it holds all. The log has `revision - floor` commits. */
  readonly floor: number;
  /** The last position that histories no longer reach back to; at most `floor`. */
  readonly historyFloor: number;
  /** Lines of log and histories: one for each change that they tell. */
  readonly logEntries: number;
}

export function toStats(answer: Snapshot & Counts): MeshStats {
  const { epoch: _, head, now: __, ...counts } = answer;
  return { ...counts, routed: counts.items - counts.global, revision: head };
}

/** What deleting a topic did. */
export interface TopicDeletion {
  /** Items that were then for nobody, and were deleted. */
  readonly deleted: number;
  /** Items that stay, with what is left of their route. */
  readonly kept: number;
  /** Subscriptions that ended. */
  readonly subscribers: number;
}

const OF_THE_SYSTEM = "Name an agent: the system has no permissions, and may do everything.";

/** What works behind a mesh: for this package alone. */
let sessionOf: (mesh: { readonly system: unknown }) => Session;
export { sessionOf };

/** One tenant's shared context. Constructing it does nothing; the first call opens the storage. */
export class ContextMesh<const S extends MeshSchema = Untyped> implements AsyncDisposable {
  /** Only a type: see `AgentContext`. */
  declare protected readonly schema?: { readonly [P in keyof S]?: unknown };
  /** The mesh's own view: sees and may do all. */
  readonly system: SystemContext<S>;
  readonly #session: Session;

  static {
    sessionOf = (mesh) => (mesh as ContextMesh).#session;
  }

  /** @throws INVALID_TENANT, INVALID_ARGUMENTS, INVALID_ROUTE, MISCONFIGURED for options that can't be used. */
  constructor(options: MeshOptions<S> = {}) {
    checkOptions(options, MESH);
    const { storage = new MemoryStorage() } = options;
    checkStorage(storage);
    this.#session = new Session(options, storage);
    const { interceptor } = options;
    this.system = new (interceptor ? ObservedSystem : SystemContext)<S>(this, this.#session, null);
    if (interceptor) observeMesh(this, this.tenantId, interceptor);
  }

  get tenantId(): string {
    return this.#session.tenantId;
  }

  /** An agent's view. Any name but `system` will do: agents exist by what they do. @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE. */
  agent(name: string): AgentContext<S> {
    if (arguments.length > 1) refuseOptions("agent", arguments[1]);
    checkAgentName(name);
    return new (this.#session.interceptor ? ObservedAgent : AgentContext)<S>(
      this,
      this.#session,
      name,
    );
  }

  /** Agents that have a subscription or permissions, with both. */
  async agents(filter: AgentFilter = {}): Promise<AgentListing<TopicOf<S>>> {
    return listAgents(this.#session, filter);
  }

  /** Topics that have an item or a subscriber, with counts. */
  async topics(filter: TopicFilter = {}): Promise<TopicListing> {
    return listTopics(this.#session, null, filter);
  }

  /** Names of the agents that are subscribed to a topic, by code point. */
  async subscribers(topic: TopicOf<S>): Promise<readonly string[]> {
    refuseOptions("subscribers", arguments[1]);
    checkName("topic", topic);
    const names: string[] = [];
    for (let after: string | undefined; ;) {
      const storage = await this.#session.ready();
      const page = await storage.agents(this.tenantId, { topic, after, limit: MAX_PAGE });
      names.push(...page.agents.map(({ name }) => name));
      if (page.next === null) return names;
      after = page.next;
    }
  }

  /**
   * Ends the topic's subscriptions, takes it off its items and events, and deletes items that are then for nobody, all
   * in one commit.
   * @throws NOT_FOUND when there is no such topic; TOO_LARGE when it has more than 10,000 items, subscriptions and events
   * together.
   */
  async deleteTopic(topic: TopicOf<S>): Promise<TopicDeletion> {
    refuseOptions("deleteTopic", arguments[1]);
    checkName("topic", topic);
    const { deleted, kept, subscribers } = await deleteTopic(this.#session, topic);
    return { deleted, kept, subscribers };
  }

  /**
   * Sets what an agent may do; what is then not named is denied, and subscriptions that are no longer allowed end in
   * the same commit. `null` clears: all is allowed again. Tells which subscriptions ended.
   * @throws TOO_LARGE when it would end more than 10,000 subscriptions.
   */
  async setPermissions(
    agent: string,
    permissions: PermissionsInput<TopicOf<S>> | null,
  ): Promise<{ readonly unsubscribed: readonly string[] }> {
    refuseOptions("setPermissions", arguments[2]);
    checkAgentName(agent, OF_THE_SYSTEM);
    const set = permissions === null ? null : checkPermissions(permissions);
    const { unsubscribed } = await this.#session.perform(null, {
      type: "setPermissions",
      agent,
      permissions: set,
    });
    return { unsubscribed: [...unsubscribed] };
  }

  /** What was set for an agent; null: nothing, so all is allowed. */
  async permissions(agent: string): Promise<Permissions | null> {
    refuseOptions("permissions", arguments[1]);
    checkAgentName(agent, OF_THE_SYSTEM);
    const storage = await this.#session.ready();
    const { agents } = await storage.agents(this.tenantId, { name: agent });
    const set = permissionsOf(agents[0]);
    return set ? copyOf(set) : null;
  }

  async stats(): Promise<MeshStats> {
    refuseOptions("stats", arguments[0]);
    const storage = await this.#session.ready();
    return toStats(await storage.stats(this.tenantId));
  }

  /** Removes what has expired, now rather than in the background. Tells how many items. */
  async sweep(): Promise<number> {
    refuseOptions("sweep", arguments[0]);
    return this.#session.sweep();
  }

  /**
   * Deletes every item that there is when it is called. Subscriptions, permissions, events and the log stay, and so does
   * what is written meanwhile: many items take several commits. Call it again if it fails. Returns how many items.
   */
  async clear(): Promise<number> {
    refuseOptions("clear", arguments[0]);
    return clearInSteps(this.#session);
  }

  /**
   * Removes what the mesh's retention keeps no longer, now rather than in the background: of the log, of histories, of
   * events. Cursors from before are then refused with CURSOR_COMPACTED; an event's id is free again.
   * @throws INVALID_ARGUMENTS; ABORTED by the signal.
   */
  async compact(options: CompactOptions = {}): Promise<Compaction> {
    return this.#session.compact(options);
  }

  /** Ends watches, lets workers finish what they hold, and closes the storage with its last mesh. Any number of times. */
  async close(): Promise<void> {
    refuseOptions("close", arguments[0]);
    return this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
