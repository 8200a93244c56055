import type { AgentFilter } from "../agents/agent-listing.ts";
import { type AudienceListing, listAudience } from "../items/audience.ts";
import { explain, explainMany, explainToSystem } from "../items/explain.ts";
import type { Explanation } from "../items/explanation.ts";
import { history, type HistoryEntry } from "../items/history.ts";
import type { Pushed } from "../items/push.ts";
import { restore } from "../items/restore.ts";
import type { JsonValue } from "../json/json.ts";
import type { KeyOf, MeshSchema, Untyped, ValueOf } from "../schema/mesh-schema.ts";
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
   * @throws INVALID_CURSOR for a page token of another listing
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
   * Writes the value that a key had at a revision of its {@link history}, as the system. An item that exists keeps its
   * route, owner and expiry; one that was deleted gets those that it had at that revision. Like any push, it leaves the
   * item open.
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
