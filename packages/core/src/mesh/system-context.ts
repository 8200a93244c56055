import { explain, explainToSystem } from "../items/explain.ts";
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
