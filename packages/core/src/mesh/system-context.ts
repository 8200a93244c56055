import type { AgentFilter } from "../agents/agent-listing.ts";
import { type AudienceListing, listAudience } from "../items/audience.ts";
import { explain, explainMany, explainToSystem } from "../items/explain.ts";
import type { Explanation } from "../items/explanation.ts";
import { history, type HistoryEntry } from "../items/history.ts";
import type { Pushed } from "../items/push.ts";
import { restore } from "../items/restore.ts";
import type { JsonValue } from "../json/json.ts";
import { type LeaseFilter, type LeaseListing, listLeases } from "../lease/lease-listing.ts";
import { type Released, releaseItem, type SystemReleaseOptions } from "../lease/release.ts";
import type {
  KeyOf,
  KeysOf,
  MeshSchema,
  TopicOf,
  Untyped,
  ValueOf,
} from "../schema/mesh-schema.ts";
import { type LogFilter, listLog, type LogListing } from "../watch/log-listing.ts";
import { AgentContext } from "./agent-context.ts";

/** The mesh's own view: an {@link AgentContext} that sees and may do everything. */
export class SystemContext<S extends MeshSchema = Untyped> extends AgentContext<S> {
  /**
   * Explains why an agent sees an item, or does not; with a key alone, why the system does.
   *
   * @example
   * ```ts
   * const { text } = await mesh.system.explain("Triage", "ticket:42");
   * // Triage does not see "ticket:42": it is not subscribed to "support"; … Subscribing to "support" would show it.
   * ```
   */
  override explain(key: KeyOf<S>): Promise<Explanation>;
  override explain(agent: string, key: KeyOf<S>): Promise<Explanation>;
  override explain(agentOrKey: string, key?: KeyOf<S>): Promise<Explanation> {
    return this.session.operations.runWithoutOptions("explain", null, arguments, 2, () =>
      key === undefined
        ? explain(this.session, null, agentOrKey)
        : explainToSystem(this.session, agentOrKey, key),
    );
  }

  /**
   * Explains what an agent sees of several items, in the order of their keys, in one snapshot: {@link explain} for a page
   * of a listing. A key that is given twice has one explanation.
   *
   * @example
   * ```ts
   * const { items } = await mesh.system.list({ topics: ["support"], values: false });
   * const keys = items.map(({ key }) => key);
   * for (const { key, visible } of await mesh.system.explainMany("Triage", keys)) console.log(key, visible);
   * ```
   * @param keys up to 1,000
   */
  explainMany(agent: string, keys: readonly KeyOf<S>[]): Promise<readonly Explanation[]> {
    return this.session.operations.runWithoutOptions("explainMany", null, arguments, 2, () =>
      explainMany(this.session, agent, keys),
    );
  }

  /**
   * Explains for each known agent why it sees an item, or does not; each page is one snapshot. An agent that the route
   * names but that is not known is not listed.
   *
   * @example
   * ```ts
   * const { explanations, visibleTo } = await mesh.system.audience("ticket:42");
   * console.log(`${visibleTo} of ${explanations.length} agents see it`);
   * for (const { agent, visible, text } of explanations) console.log(agent, visible, text);
   * ```
   * @throws INVALID_CURSOR for a `page` that no listing returned
   */
  audience(key: KeyOf<S>, filter: AgentFilter = {}): Promise<AudienceListing> {
    return this.session.operations.run("audience", null, arguments, () =>
      listAudience(this.session, key, filter),
    );
  }

  /** The changes of a key, oldest first, as far back as the mesh's retention reaches. */
  history<T = JsonValue, K extends KeyOf<S> = KeyOf<S>>(
    key: K,
  ): Promise<HistoryEntry<ValueOf<S, K, T>>[]> {
    return this.session.operations.runWithoutOptions("history", null, arguments, 1, () =>
      history(this.session, key),
    ) as Promise<HistoryEntry<ValueOf<S, K, T>>[]>;
  }

  /**
   * The log as a person reads it: every change of the mesh in order, also those of agents, leases and subscriptions.
   * `last` starts with the newest commits; `before` and `last` together page back. {@link watch} emits changes as they
   * happen.
   *
   * @example
   * ```ts
   * const { entries, cursor, floor } = await mesh.system.log({ last: 200 }); // the newest 200 commits
   * for (const { at, actor = "system", type } of entries) console.log(at.toISOString(), actor, type);
   * const older = await mesh.system.log({ last: 200, before: entries[0]?.position });
   * const newer = await mesh.system.log({ after: cursor });
   * ```
   * @throws CURSOR_COMPACTED if the log no longer holds what follows `after`; INVALID_CURSOR if `after` is past its end or
   * belongs to another log
   */
  log(filter: LogFilter = {}): Promise<LogListing> {
    return this.session.operations.run("log", null, arguments, () => listLog(this.session, filter));
  }

  /**
   * The leases that agents hold now: who works on an item, and until when. An agent learns of an item only that its state
   * is `claimed`.
   *
   * @example
   * ```ts
   * const { leases, at } = await mesh.system.leases({ topics: ["reviews"] });
   * for (const { key, agent, until } of leases) console.log(key, agent, until.getTime() - at.getTime(), "ms left");
   * ```
   */
  leases<const T extends string = string, const P extends string = string>(
    filter: LeaseFilter<T & TopicOf<S>, P> = {},
  ): Promise<LeaseListing<KeysOf<S, T, P>>> {
    return this.session.operations.run("leases", null, arguments, () =>
      listLeases(this.session, filter),
    ) as Promise<unknown> as Promise<LeaseListing<KeysOf<S, T, P>>>;
  }

  /**
   * Ends a lease that an agent holds, such as one whose worker is stuck: the item is open again, and the agent's token is
   * refused with STALE_TOKEN. It is logged as a release by the system. The attempt counts, and the item has a `lastFailure`,
   * unless `countAttempt` is false. The same agent may claim the item again.
   *
   * @example
   * ```ts
   * const { leases } = await mesh.system.leases({ topics: ["reviews"] });
   * for (const { key, agent } of leases) {
   *   await mesh.system.release(key, { agent, error: "The worker is stuck.", retryIn: "1m" });
   * }
   * ```
   * @throws NOT_FOUND if there is no such item; CONFLICT if it is not claimed, or not by `agent`
   */
  release(key: KeyOf<S>, options: SystemReleaseOptions = {}): Promise<Released> {
    return this.session.operations.run("release", null, arguments, () =>
      releaseItem(this.session, key, options),
    );
  }

  /**
   * Writes the value that a key had at a revision of its {@link history}, as the system. An item that exists keeps its
   * route, owner and expiry; one that was deleted gets those that it had at that revision. Like any push, it leaves the
   * item open. The value is written as it was stored, without the mesh's schema: that may take another form than it returns.
   *
   * @example
   * ```ts
   * const [first] = await mesh.system.history("plan");
   * if (first !== undefined) await mesh.system.restore("plan", first.revision);
   * ```
   * @throws NOT_FOUND if the history has no value at this revision: it was compacted, or the item has expired since;
   * CORRUPT_DATA; what {@link push} throws
   */
  restore(key: KeyOf<S>, revision: number): Promise<Pushed> {
    return this.session.operations.runWithoutOptions("restore", null, arguments, 2, () =>
      restore(this.session, key, revision),
    );
  }
}
